package main

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/golang/snappy"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"
)

// maxPayloadBytes is MAX_PAYLOAD_SIZE of the phase 0 networking specification: the largest SSZ object on gossip.
const maxPayloadBytes = 10 * 1024 * 1024

// messageIDBytes is the length ids are cut to.
const messageIDBytes = 20

var (
	invalidSnappy = []byte{0, 0, 0, 0}
	validSnappy   = []byte{1, 0, 0, 0}
)

// messageID is the id rule of altair and later (altair p2p-interface, "The gossip domain: gossipsub"): the topic and
// its length are hashed before the payload, and the domain says whether that decompressed.
func messageID(message *pb.Message) string {
	topic := message.GetTopic()
	domain, data := validSnappy, decompress(message.GetData())
	if data == nil {
		domain, data = invalidSnappy, message.GetData()
	}
	hash := sha256.New()
	hash.Write(domain)
	hash.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(topic))))
	hash.Write([]byte(topic))
	hash.Write(data)
	return string(hash.Sum(nil)[:messageIDBytes])
}

// decompress is nil when the bytes are no snappy block, or would grow past maxPayloadBytes.
func decompress(compressed []byte) []byte {
	length, err := snappy.DecodedLen(compressed)
	if err != nil || length > maxPayloadBytes {
		return nil
	}
	ssz, err := snappy.Decode(nil, compressed)
	if err != nil {
		return nil
	}
	return ssz
}

package main

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/golang/snappy"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"
)

// maxPayloadBytes is MAX_PAYLOAD_SIZE of the phase 0 networking specification: the largest SSZ object on gossip.
const maxPayloadBytes = 10 * 1024 * 1024

// maxRPCBytes is max_message_size() of the same document: the largest whole pubsub protobuf.
const maxRPCBytes = 32 + maxPayloadBytes + maxPayloadBytes/6 + 1024

// messageIDBytes is the length ids are cut to.
const messageIDBytes = 20

var (
	domainInvalidSnappy = []byte{0, 0, 0, 0}
	domainValidSnappy   = []byte{1, 0, 0, 0}
)

// decompress undoes the snappy block format. ok is false when the bytes are no snappy block, or would grow past
// maxPayloadBytes.
func decompress(compressed []byte) (ssz []byte, ok bool) {
	length, err := snappy.DecodedLen(compressed)
	if err != nil || length > maxPayloadBytes {
		return nil, false
	}
	ssz, err = snappy.Decode(nil, compressed)
	return ssz, err == nil
}

// messageID is the id rule of altair and later (altair p2p-interface, "The gossip domain: gossipsub"): the topic and
// its length are hashed too, and the domain says whether the payload decompressed.
func messageID(topic string, compressed []byte) string {
	domain, data := domainValidSnappy, compressed
	if ssz, ok := decompress(compressed); ok {
		data = ssz
	} else {
		domain = domainInvalidSnappy
	}
	hash := sha256.New()
	hash.Write(domain)
	hash.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(topic))))
	hash.Write([]byte(topic))
	hash.Write(data)
	return string(hash.Sum(nil)[:messageIDBytes])
}

// pubsubMessageID is messageID as pubsub calls it.
func pubsubMessageID(message *pb.Message) string {
	return messageID(message.GetTopic(), message.GetData())
}

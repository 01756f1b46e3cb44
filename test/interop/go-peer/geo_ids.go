package main

import (
	"hash/maphash"
	"sync"

	pb "github.com/libp2p/go-libp2p-pubsub/pb"
)

// maxKnownIDs bounds what is remembered: a run has a few hundred messages, and they are under way for a second.
const maxKnownIDs = 4096

// knownIDs remembers message ids by the bytes they are of. All members of a network get the same message, some twice, and
// to decompress and hash it each time would take most of what the machine has.
type knownIDs struct {
	seed   maphash.Seed
	mutex  sync.Mutex
	byHash map[uint64]string
}

func newKnownIDs() *knownIDs {
	return &knownIDs{seed: maphash.MakeSeed(), byHash: map[uint64]string{}}
}

func (k *knownIDs) of(topic string, data []byte) string {
	var hash maphash.Hash
	hash.SetSeed(k.seed)
	_, _ = hash.WriteString(topic)
	_, _ = hash.Write(data)
	sum := hash.Sum64()
	k.mutex.Lock()
	defer k.mutex.Unlock()
	id, known := k.byHash[sum]
	if known {
		return id
	}
	if len(k.byHash) == maxKnownIDs {
		clear(k.byHash)
	}
	id = messageID(topic, data)
	k.byHash[sum] = id
	return id
}

// ofMessage is of as pubsub calls it.
func (k *knownIDs) ofMessage(message *pb.Message) string {
	return k.of(message.GetTopic(), message.GetData())
}

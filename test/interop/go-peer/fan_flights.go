package main

import (
	"hash/maphash"
	"math/bits"
	"sync"
	"sync/atomic"
	"time"
)

// maxFanPeers bounds the peers of a fan: who has what is kept as bits.
const maxFanPeers = 256

// peerSet is a set of peers by index.
type peerSet [maxFanPeers / 64]uint64

func (s *peerSet) add(index int)      { s[index/64] |= 1 << (index % 64) }
func (s *peerSet) remove(index int)   { s[index/64] &^= 1 << (index % 64) }
func (s *peerSet) has(index int) bool { return s[index/64]&(1<<(index%64)) != 0 }

func (s *peerSet) count() int {
	total := 0
	for _, word := range s {
		total += bits.OnesCount64(word)
	}
	return total
}

// and is what is in both.
func (s peerSet) and(other peerSet) peerSet {
	for i := range s {
		s[i] &= other[i]
	}
	return s
}

// fanFlight is one message on its way: who shall get it, who sends it, who has it.
type fanFlight struct {
	// stream is the index of the run's stream.
	stream int
	topic  string
	// startedAt is when it was handed to the first sender, since the fan's epoch.
	startedAt time.Duration
	expected  peerSet
	senders   peerSet

	// arrived is guarded by the mutex of the flight's shard, unwanted by that of the ids.
	arrived  peerSet
	unwanted peerSet
}

const (
	// flightShards keeps readers of different messages from waiting for each other.
	flightShards = 64
	// flightMemory is how long a message is followed at least, and half of how long at most: a copy that comes later than
	// that is as good as lost, and without a bound a run of hours would fill the memory.
	flightMemory = 30 * time.Second
	// shortestUnwanted is the smallest compressed message whose id is known, for IDONTWANT: routers send it from 1,000 B on.
	shortestUnwanted = 512
)

// generations is a map that forgets: what was put in before the last but one turn is gone.
type generations[K comparable] struct {
	young, old map[K]*fanFlight
}

func newGenerations[K comparable]() generations[K] {
	return generations[K]{map[K]*fanFlight{}, map[K]*fanFlight{}}
}

func (g *generations[K]) get(key K) *fanFlight {
	if found := g.young[key]; found != nil {
		return found
	}
	return g.old[key]
}

func (g *generations[K]) turn() { g.young, g.old = map[K]*fanFlight{}, g.young }

type flightShard struct {
	mutex  sync.Mutex
	byHash generations[uint64]
}

// fanFlights finds the flight of data that arrives by a hash of the compressed bytes: no relay may change those, and
// hashing them costs a fraction of the message id.
type fanFlights struct {
	seed   maphash.Seed
	shards [flightShards]flightShard

	idMutex sync.Mutex
	byID    generations[string]

	// landed counts expected first arrivals of the run; lastLanded is when the last came, in ns since the fan's epoch.
	landed     atomic.Int64
	lastLanded atomic.Int64
}

func newFanFlights() *fanFlights {
	flights := &fanFlights{seed: maphash.MakeSeed(), byID: newGenerations[string]()}
	for i := range flights.shards {
		flights.shards[i].byHash = newGenerations[uint64]()
	}
	return flights
}

func (f *fanFlights) shardOf(hash uint64) *flightShard { return &f.shards[hash%flightShards] }

// add begins to follow a message; id is "" where nobody will be told that it is unwanted.
func (f *fanFlights) add(hash uint64, id string, flight *fanFlight) {
	shard := f.shardOf(hash)
	shard.mutex.Lock()
	shard.byHash.young[hash] = flight
	shard.mutex.Unlock()
	if id == "" {
		return
	}
	f.idMutex.Lock()
	f.byID.young[id] = flight
	f.idMutex.Unlock()
}

// land marks an arrival. again says that the peer had it before; flight is nil for what is not followed.
func (f *fanFlights) land(data []byte, topic []byte, peer int) (flight *fanFlight, again bool) {
	hash := maphash.Bytes(f.seed, data)
	shard := f.shardOf(hash)
	shard.mutex.Lock()
	defer shard.mutex.Unlock()
	flight = shard.byHash.get(hash)
	if flight == nil || flight.topic != string(topic) {
		return nil, false
	}
	again = flight.arrived.has(peer)
	flight.arrived.add(peer)
	return flight, again
}

// markUnwanted notes that the relay told a peer not to send a message.
func (f *fanFlights) markUnwanted(id string, peer int) {
	f.idMutex.Lock()
	defer f.idMutex.Unlock()
	if flight := f.byID.get(id); flight != nil {
		flight.unwanted.add(peer)
	}
}

func (f *fanFlights) isUnwanted(flight *fanFlight, peer int) bool {
	f.idMutex.Lock()
	defer f.idMutex.Unlock()
	return flight.unwanted.has(peer)
}

// turn forgets what is older than one turn.
func (f *fanFlights) turn() {
	for i := range f.shards {
		shard := &f.shards[i]
		shard.mutex.Lock()
		shard.byHash.turn()
		shard.mutex.Unlock()
	}
	f.idMutex.Lock()
	f.byID.turn()
	f.idMutex.Unlock()
}

// forget ends the following of everything: what arrives later belongs to no run.
func (f *fanFlights) forget() {
	f.turn()
	f.turn()
	f.landed.Store(0)
}

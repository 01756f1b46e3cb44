package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// fan is a cheap generator for benches: peers around one relay that speak gossipsub by themselves on raw streams, with no
// router of their own. Some send to a topic, several the same message as on a real network, some only receive; all in one
// process, so that one clock stamps both ends. Nothing is asked again by IWANT, so what the relay loses stays lost.
type fan struct {
	mutex   sync.Mutex
	started bool
	peers   []*fanPeer
	topics  map[string]*fanTopic
	names   []string
	flights *fanFlights
	epoch   time.Time
	// strays counts arrivals of what no run is following.
	strays atomic.Int64
	// unwantedDelay is how long an IDONTWANT takes to be heeded, in ns.
	unwantedDelay atomic.Int64
}

// fanTopic is who does what in a topic, and whom the relay has in its mesh.
type fanTopic struct {
	name    string
	sinks   peerSet
	senders []*fanPeer
	// roles is the sinks and senders: who wants to be in the relay's mesh.
	roles peerSet

	mutex     sync.Mutex
	meshed    peerSet
	changedAt time.Time
}

const (
	// defaultBackoffSeconds is prune_backoff of the gossipsub 1.1 specification, for a PRUNE that says none.
	defaultBackoffSeconds = 60
	// meshSettle is how long no mesh may have changed before the fan counts as connected: a heartbeat and a half.
	meshSettle = 1050 * time.Millisecond
	// loopbackNetworks is how many of 127.0.0.0/8 are used, each a /16.
	loopbackNetworks = 254
)

func newFan() *fan {
	return &fan{topics: map[string]*fanTopic{}, flights: newFanFlights(), epoch: time.Now()}
}

func (f *fan) handlers() map[string]handler {
	return map[string]handler{"fanStart": typed(f.start), "fanRun": typed(f.run)}
}

// now is the time since the fan's epoch, by the monotonic clock.
func (f *fan) now() time.Duration { return time.Since(f.epoch) }

func (t *fanTopic) setMeshed(peer int, isMeshed bool) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.meshed.has(peer) == isMeshed {
		return
	}
	if isMeshed {
		t.meshed.add(peer)
	} else {
		t.meshed.remove(peer)
	}
	t.changedAt = time.Now()
}

// meshedSinks is who gets what is sent now.
func (t *fanTopic) meshedSinks() peerSet {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.meshed.and(t.sinks)
}

func (t *fanTopic) missing() (links int, changedAt time.Time) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	meshed := t.meshed.and(t.roles)
	return t.roles.count() - meshed.count(), t.changedAt
}

type fanStartArgs struct {
	// Relay is the relay's multiaddr; its transport decides which one the fan uses.
	Relay string      `json:"relay"`
	Peers int         `json:"peers"`
	Host  hostOptions `json:"host"`
	View  localView   `json:"view"`
	// AreApart gives each peer a network (/16) and an agent of its own, as if they were of different operators.
	AreApart bool `json:"areApart"`
	// Topics are full ones. Every peer subscribes to all.
	Topics []string `json:"topics"`
	// SinksPerTopic peers only receive a topic, SendersPerTopic others send to it; both are in the relay's mesh of it.
	SinksPerTopic   int `json:"sinksPerTopic"`
	SendersPerTopic int `json:"sendersPerTopic"`
	// MeshTimeoutMs bounds the wait for the relay's meshes to hold everybody who shall be in them.
	MeshTimeoutMs int `json:"meshTimeoutMs"`
}

func (args fanStartArgs) check() error {
	if args.Peers < 1 || args.Peers > maxFanPeers {
		return fmt.Errorf("a fan has 1 to %d peers", maxFanPeers)
	}
	if args.SendersPerTopic < 1 || args.SinksPerTopic < 1 || args.SinksPerTopic+args.SendersPerTopic > args.Peers {
		return errors.New("a topic needs a sender and a sink, and no more of both than there are peers")
	}
	return nil
}

// hostOf is what the peer of that number listens on and says it runs.
func (args fanStartArgs) hostOf(index int) hostOptions {
	options := args.Host
	if args.AreApart {
		options.Address = fmt.Sprintf("127.%d.0.1", index%loopbackNetworks+1)
		options.Agent = fmt.Sprintf("%s-%d", agentVersion, index)
	}
	return options
}

// start makes the peers, connects them and waits until the relay's meshes have settled.
func (f *fan) start(ctx context.Context, args fanStartArgs) (any, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.started {
		return nil, errAlreadyStarted
	}
	if err := args.check(); err != nil {
		return nil, err
	}
	f.started = true
	for i := range args.Peers {
		h, err := newHost(args.hostOf(i))
		if err != nil {
			return nil, err
		}
		newServer(args.View, func(any) {}).register(h)
		f.peers = append(f.peers, &fanPeer{fan: f, index: i, host: h, queue: make(chan outgoing, fanQueueSize)})
	}
	f.deal(args)
	for _, one := range f.peers {
		if err := one.connect(ctx, args.Relay); err != nil {
			return nil, fmt.Errorf("peer %d: %w", one.index, err)
		}
		time.Sleep(dialPause)
	}
	go f.forgetInTurns()
	missing := f.waitForMeshes(time.Duration(args.MeshTimeoutMs) * time.Millisecond)
	return map[string]any{"missingMeshLinks": missing}, nil
}

// deal gives the parts in the topics to the peers in turn, so that all have about as many.
func (f *fan) deal(args fanStartArgs) {
	f.names = args.Topics
	next := 0
	draw := func() *fanPeer {
		drawn := f.peers[next%len(f.peers)]
		next++
		return drawn
	}
	for _, name := range args.Topics {
		topic := &fanTopic{name: name, changedAt: time.Now()}
		for range args.SinksPerTopic {
			topic.sinks.add(draw().index)
		}
		topic.roles = topic.sinks
		for range args.SendersPerTopic {
			sender := draw()
			topic.senders = append(topic.senders, sender)
			topic.roles.add(sender.index)
		}
		f.topics[name] = topic
	}
}

// forgetInTurns keeps the followed messages of a long run within bounds.
func (f *fan) forgetInTurns() {
	for range time.Tick(flightMemory) {
		f.flights.turn()
	}
}

// waitForMeshes returns how many (peer, topic) pairs with a part still lack the relay when the time is up.
func (f *fan) waitForMeshes(timeout time.Duration) int {
	deadline := time.Now().Add(timeout)
	for {
		missing, changedAt := f.missingLinks()
		if (missing == 0 && time.Since(changedAt) > meshSettle) || time.Now().After(deadline) {
			return missing
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func (f *fan) missingLinks() (total int, changedAt time.Time) {
	for _, topic := range f.topics {
		missing, changed := topic.missing()
		total += missing
		if changed.After(changedAt) {
			changedAt = changed
		}
	}
	return total, changedAt
}

package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/host"
)

// load is the generator of the benches: publishers and n subscribers in one process, so that one clock stamps both
// ends. Each knows the relay and nobody else, so every delivery went through it.
type load struct {
	emit func(any)

	mutex      sync.Mutex
	publishers []*loadHost
	receivers  []*loadHost
	flights    *flights
}

// loadHost is one libp2p host of the generator.
type loadHost struct {
	host   host.Host
	mesh   *meshTracer
	topics map[string]*pubsub.Topic
}

// loadQueueSize is wide enough that the generator never drops: what is lost, the relay lost.
const loadQueueSize = 16384

func newLoad(emit func(any)) *load { return &load{emit: emit, flights: newFlights()} }

func (l *load) handlers() map[string]handler {
	return map[string]handler{"loadConnect": typed(l.connect), "loadRun": typed(l.run)}
}

type loadConnectArgs struct {
	// Relay is the relay's multiaddr; its transport decides which one the generator uses.
	Relay       string `json:"relay"`
	Subscribers int    `json:"subscribers"`
	// Newcomers publish as well, beside the one publisher there always is; they serve blocks of NewcomerBlockBytes.
	Newcomers          int           `json:"newcomers"`
	NewcomerBlockBytes int           `json:"newcomerBlockBytes"`
	Topics             []string      `json:"topics"`
	Host               hostOptions   `json:"host"`
	Gossip             gossipOptions `json:"gossip"`
	View               localView     `json:"view"`
	// MeshTimeoutMs bounds the wait for the relay to be in every mesh of every host.
	MeshTimeoutMs int `json:"meshTimeoutMs"`
}

// connect starts the hosts, subscribes them and waits for the meshes.
func (l *load) connect(ctx context.Context, args loadConnectArgs) (any, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.publishers != nil {
		return nil, errAlreadyStarted
	}
	args.Gossip.QueueSize = orDefault(args.Gossip.QueueSize, loadQueueSize)
	publishers := 1 + args.Newcomers
	hosts := make([]*loadHost, 0, publishers+args.Subscribers)
	for range publishers + args.Subscribers {
		started, err := startLoadHost(ctx, args)
		if err != nil {
			return nil, err
		}
		hosts = append(hosts, started)
	}
	l.publishers, l.receivers = hosts[:publishers], hosts[publishers:]
	for _, newcomer := range l.publishers[1:] {
		err := serveBlocks(newcomer.host, args.View.Status.ForkDigest, args.NewcomerBlockBytes, func(any) {})
		if err != nil {
			return nil, err
		}
	}
	for _, receiver := range l.receivers {
		receiver.mesh.onDeliver = l.flights.land
		receiver.mesh.onDuplicate = l.flights.duplicate
	}
	for _, started := range hosts {
		if err := started.join(args.Topics); err != nil {
			return nil, err
		}
	}
	for _, started := range hosts {
		if _, err := dial(ctx, started.host, args.Relay); err != nil {
			return nil, fmt.Errorf("relay: %w", err)
		}
	}
	missing := waitForMeshes(hosts, args.Topics, time.Duration(args.MeshTimeoutMs)*time.Millisecond)
	return map[string]any{"hosts": len(hosts), "missingMeshLinks": missing}, nil
}

func startLoadHost(ctx context.Context, args loadConnectArgs) (*loadHost, error) {
	h, err := newHost(args.Host)
	if err != nil {
		return nil, err
	}
	newServer(args.View, func(any) {}).register(h)
	mesh := newMeshTracer()
	router, err := newGossip(ctx, h, args.Gossip, mesh)
	if err != nil {
		return nil, err
	}
	started := &loadHost{host: h, mesh: mesh, topics: map[string]*pubsub.Topic{}}
	for _, name := range args.Topics {
		if started.topics[name], err = router.Join(name); err != nil {
			return nil, err
		}
	}
	return started, nil
}

// join enters the mesh of each topic without a subscription's channel: arrivals are counted where pubsub delivers.
func (h *loadHost) join(topics []string) error {
	for _, name := range topics {
		if _, err := h.topics[name].Relay(); err != nil {
			return err
		}
	}
	return nil
}

// waitForMeshes returns how many (host, topic) pairs still lack the relay when the time is up.
func waitForMeshes(hosts []*loadHost, topics []string, timeout time.Duration) int {
	deadline := time.Now().Add(timeout)
	for {
		missing := 0
		for _, started := range hosts {
			for _, topic := range topics {
				if len(started.mesh.peersOf(topic)) == 0 {
					missing++
				}
			}
		}
		if missing == 0 || time.Now().After(deadline) {
			return missing
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// loadStream is one kind of message at one rate, spread over its topics in turn.
type loadStream struct {
	Name          string       `json:"name"`
	Topics        []string     `json:"topics"`
	Shape         payloadShape `json:"shape"`
	RatePerSecond float64      `json:"ratePerSecond"`
	// OfNewcomers has the newcomers publish it in turn.
	OfNewcomers bool `json:"ofNewcomers"`
}

type loadRunArgs struct {
	Streams []loadStream `json:"streams"`
	Seconds float64      `json:"seconds"`
	// DrainMs is how long to wait for what is still in flight once nothing has arrived for so long.
	DrainMs int `json:"drainMs"`
	// GenesisMs and SlotMs date the payloads that carry a slot.
	GenesisMs int64 `json:"genesisMs"`
	SlotMs    int64 `json:"slotMs"`
}

// run publishes all streams for the given time, waits for the last arrivals and returns one summary a stream.
func (l *load) run(ctx context.Context, args loadRunArgs) (any, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.publishers == nil {
		return nil, errors.New("not connected")
	}
	tallies := make([]*tally, len(args.Streams))
	failures := make([]error, len(args.Streams))
	var streams sync.WaitGroup
	for i, stream := range args.Streams {
		tallies[i] = &tally{name: stream.Name}
		streams.Go(func() { failures[i] = l.publishStream(ctx, args, stream, tallies[i]) })
	}
	streams.Wait()
	l.flights.drain(time.Duration(args.DrainMs) * time.Millisecond)
	summaries := make([]streamSummary, len(tallies))
	for i, counted := range tallies {
		summaries[i] = l.flights.summary(counted)
	}
	return map[string]any{"streams": summaries}, errors.Join(failures...)
}

// publishStream publishes at fixed times from its start: a late message does not push the next ones back.
func (l *load) publishStream(ctx context.Context, args loadRunArgs, stream loadStream, into *tally) error {
	if err := stream.Shape.check(); err != nil {
		return fmt.Errorf("stream %s: %w", stream.Name, err)
	}
	source := newPayloadSource(stream.Shape)
	started := time.Now()
	total := int(stream.RatePerSecond*args.Seconds + 0.5)
	for i := range total {
		due := started.Add(time.Duration(float64(i) / stream.RatePerSecond * float64(time.Second)))
		time.Sleep(time.Until(due))
		topic := stream.Topics[i%len(stream.Topics)]
		ssz := source.next(momentAt(args, topic, time.Now().UnixMilli()))
		to := l.publisherOf(stream, i).topics[topic]
		if err := l.flights.launch(ctx, to, topic, ssz, len(l.receivers), into, due); err != nil {
			return err
		}
	}
	return nil
}

// publisherOf is who publishes a stream's message of that number.
func (l *load) publisherOf(stream loadStream, number int) *loadHost {
	if newcomers := l.publishers[1:]; stream.OfNewcomers && len(newcomers) > 0 {
		return newcomers[number%len(newcomers)]
	}
	return l.publishers[0]
}

// momentAt is the slot by the wall clock; slot 0 without a slot duration or before genesis.
func momentAt(args loadRunArgs, topic string, nowMs int64) moment {
	at := moment{topic: topic}
	if args.SlotMs <= 0 || nowMs < args.GenesisMs {
		return at
	}
	slot := (nowMs - args.GenesisMs) / args.SlotMs
	at.slot = uint64(slot)
	at.slotStartSeconds = uint64((args.GenesisMs + slot*args.SlotMs) / 1000)
	return at
}

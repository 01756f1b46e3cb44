package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/golang/snappy"
)

// geo is a network over the world as two places in one region of it see it: those of its nodes that are peers of any there are
// real, with links that take what those ways take, and when blocks reach them is worked out. In one place are default nodes; in
// the other is the relay under test, whose blocks a tap takes from it, as a beacon node behind it would.
type geo struct {
	proxy  delayProxy
	record *geoRecord

	mutex sync.Mutex
	world *geoWorld
}

// geoGCPercent has the heap of some hundred thousand small objects, which is all idle connections, looked through less often:
// a collection takes cores that the blocks under way want.
const geoGCPercent = 400

func newGeo() *geo { return &geo{record: newGeoRecord()} }

func (g *geo) handlers() map[string]handler {
	return map[string]handler{
		"delayDoor": typed(g.door),
		"geoStart":  typed(g.start),
		"geoRun":    typed(g.run),
	}
}

type delayDoorArgs struct {
	// Target is an IPv4 address with a port.
	Target   string  `json:"target"`
	OneWayMs float64 `json:"oneWayMs"`
	JitterMs float64 `json:"jitterMs"`
}

// door opens one by itself and answers its port, for tests of the delay.
func (g *geo) door(_ context.Context, args delayDoorArgs) (any, error) {
	door, err := g.proxy.open(args.Target, linkDelay{durationOf(args.OneWayMs), durationOf(args.JitterMs)})
	if err != nil {
		return nil, err
	}
	return map[string]any{"port": door.Port}, nil
}

func durationOf(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }

type geoStartArgs struct {
	// Relay is the relay under test; nobody but the tap dials it.
	loadConnectArgs
	// RoundTripMs between regions, and within each.
	RoundTripMs [][]float64 `json:"roundTripMs"`
	JitterMs    float64     `json:"jitterMs"`
	// World holds the region of each node of the network.
	World []int `json:"world"`
	// Peers is how many of these the relay may dial. Each of Defaults default nodes dials DefaultPeers others.
	Peers        int `json:"peers"`
	Defaults     int `json:"defaults"`
	DefaultPeers int `json:"defaultPeers"`
	// Publishers are the regions that blocks come from in turn.
	Publishers []int `json:"publishers"`
	// HandlingMs is what a node takes to pass a block on.
	HandlingMs float64 `json:"handlingMs"`
	// Home is the region of the relay and of the default node.
	Home int    `json:"home"`
	Seed uint64 `json:"seed"`
}

func (args geoStartArgs) check() error {
	regions := len(args.RoundTripMs)
	for _, row := range args.RoundTripMs {
		if len(row) != regions {
			return errors.New("roundTripMs is no square")
		}
	}
	for _, region := range append(append([]int{args.Home}, args.World...), args.Publishers...) {
		if region < 0 || region >= regions {
			return fmt.Errorf("there is no region %d", region)
		}
	}
	if min(args.Peers, args.Defaults, args.DefaultPeers) < 1 || args.Peers+args.Defaults*args.DefaultPeers >= len(args.World) {
		return errors.New("all have peers, and there are others")
	}
	if len(args.Topics) != 1 || len(args.Publishers) == 0 {
		return errors.New("one topic and a publisher at least")
	}
	return nil
}

// start makes the peers, the default nodes and the tap, and answers where the relay is to dial the nodes.
func (g *geo) start(ctx context.Context, args geoStartArgs) (any, error) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.world != nil {
		return nil, errAlreadyStarted
	}
	if err := args.check(); err != nil {
		return nil, err
	}
	args.Gossip.QueueSize = orDefault(args.Gossip.QueueSize, loadQueueSize)
	debug.SetGCPercent(geoGCPercent)
	world := newGeoWorld(args, &g.proxy)
	if err := world.populate(ctx, g.record); err != nil {
		return nil, err
	}
	if err := world.connectDefaults(ctx); err != nil {
		return nil, err
	}
	if err := world.tapRelay(ctx, g.record); err != nil {
		return nil, err
	}
	g.world = world
	return world.describe()
}

type geoRunArgs struct {
	Shape  payloadShape `json:"shape"`
	Blocks int          `json:"blocks"`
	// GenesisMs and SlotMs date the blocks: one comes in each slot, OffsetMs after its beginning.
	GenesisMs int64 `json:"genesisMs"`
	SlotMs    int64 `json:"slotMs"`
	OffsetMs  int64 `json:"offsetMs"`
	// DrainMs bounds the wait for the last arrivals.
	DrainMs int `json:"drainMs"`
}

// run lets blocks spread in turn from all regions, waits for the last arrivals and answers what became of each block.
func (g *geo) run(_ context.Context, args geoRunArgs) (any, error) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.world == nil {
		return nil, errNotStarted
	}
	if err := args.Shape.check(); err != nil {
		return nil, err
	}
	if args.SlotMs <= 0 {
		return nil, errors.New("slotMs is above 0")
	}
	plans, err := g.world.plan(args.Blocks)
	if err != nil {
		return nil, err
	}
	g.record.begin()
	for _, node := range g.world.peers() {
		node.forget()
	}
	source := newPayloadSource(args.Shape)
	slot := (time.Now().UnixMilli()-args.GenesisMs)/args.SlotMs + 1
	wireBytes, maxLag := 0, time.Duration(0)
	for i, plan := range plans {
		at := args.momentOf(slot+int64(i), g.world.topic)
		data := snappy.Encode(nil, source.next(at))
		due := time.UnixMilli(args.GenesisMs + int64(at.slot)*args.SlotMs + args.OffsetMs)
		time.Sleep(time.Until(due))
		maxLag = max(maxLag, time.Since(due))
		wireBytes += len(data)
		g.world.publish(plan, at.slot, data, g.record)
	}
	g.record.drain(time.Duration(args.DrainMs) * time.Millisecond)
	return map[string]any{
		"blocks":      g.record.arrivals(),
		"wireBytes":   wireBytes / max(1, args.Blocks),
		"maxLagMs":    float64(maxLag.Microseconds()) / 1000,
		"defaultMesh": g.world.defaultMesh(),
	}, nil
}

func (args geoRunArgs) momentOf(slot int64, topic string) moment {
	return moment{
		topic:            topic,
		slot:             uint64(slot),
		slotStartSeconds: uint64((args.GenesisMs + slot*args.SlotMs) / 1000),
	}
}

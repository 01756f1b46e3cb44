package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"
)

// geoDialsAtOnce bounds the handshakes under way while the default nodes are connected: more would only wait for a core.
const geoDialsAtOnce = 32

// geoAskingPeers is how many peers of each party take it into their mesh by themselves: so many more than D, which it has by its
// own GRAFTs, nodes of the overlay have on average.
const geoAskingPeers = 2

// geoWorld is the overlay, those of its nodes that are peers of those who are compared, and these: the default nodes, and the tap
// behind the relay. Nobody is a peer of two, so that none has from another what that has early: in a network of thousands nobody
// would. There are several default nodes since one may have been lucky with its peers.
type geoWorld struct {
	args    geoStartArgs
	proxy   *delayProxy
	ids     *knownIDs
	topic   string
	overlay *overlay
	// relayPeers are there for the relay to dial.
	relayPeers []*geoNode
	defaults   []*geoDefault
	tap        *loadHost
	// taken are the numbers of all peers: blocks come from others.
	taken map[int]bool
}

func newGeoWorld(args geoStartArgs, proxy *delayProxy) *geoWorld {
	world := &geoWorld{args: args, proxy: proxy, ids: newKnownIDs(), topic: args.Topics[0], taken: map[int]bool{}}
	world.overlay = newOverlay(args.World, world.delay, durationOf(args.HandlingMs), args.Seed)
	return world
}

// delay is what a link between two regions takes.
func (w *geoWorld) delay(from, to int) linkDelay {
	return linkDelay{durationOf(w.args.RoundTripMs[from][to]) / 2, durationOf(w.args.JitterMs)}
}

// geoDefault is a default node and its peers.
type geoDefault struct {
	*loadHost
	peers []*geoNode
}

// populate starts all peers, drawn among the nodes of the overlay, and the default nodes.
func (w *geoWorld) populate(ctx context.Context, record *geoRecord) error {
	random := rand.New(rand.NewPCG(w.args.Seed, uint64(w.args.Peers)))
	drawn := random.Perm(len(w.args.World))
	var err error
	served := func(id string) { record.land(id, noteServed) }
	if w.relayPeers, err = w.startNodes(drawn[:w.args.Peers], served); err != nil {
		return err
	}
	drawn = drawn[w.args.Peers:]
	for i := range w.args.Defaults {
		started := &geoDefault{}
		if started.peers, err = w.startNodes(drawn[:w.args.DefaultPeers], func(string) {}); err != nil {
			return err
		}
		drawn = drawn[w.args.DefaultPeers:]
		noteDefault := func(block *geoBlock, after time.Duration) { block.atDefaults[i] = after }
		if started.loadHost, err = startRecording(ctx, w.nodeArgs(), record, noteDefault); err != nil {
			return err
		}
		w.defaults = append(w.defaults, started)
	}
	return nil
}

// startNodes starts the peers of one party.
func (w *geoWorld) startNodes(numbers []int, onServed func(string)) ([]*geoNode, error) {
	started := make([]*geoNode, len(numbers))
	asking := geoAskingPeers
	for i, number := range numbers {
		node := &geoNode{
			number:   number,
			region:   w.args.World[number],
			topic:    w.topic,
			hasRoom:  w.overlay.hasRoom(number),
			ids:      w.ids,
			onServed: onServed,
		}
		if node.hasRoom && asking > 0 {
			node.asks = true
			asking--
		}
		if err := startGeoNode(w.args.Host, w.args.View, node); err != nil {
			return nil, err
		}
		w.taken[number] = true
		started[i] = node
	}
	return started, nil
}

func noteServed(block *geoBlock, _ time.Duration)  { block.served++ }
func noteTap(block *geoBlock, after time.Duration) { block.atTap = after }

// nodeArgs is for those who have a router of their own.
func (w *geoWorld) nodeArgs() loadConnectArgs {
	args := w.args.loadConnectArgs
	args.Gossip.messageID = w.ids.ofMessage
	return args
}

// startRecording starts a node that notes each new block.
func startRecording(ctx context.Context, args loadConnectArgs, record *geoRecord, note geoNote) (*loadHost, error) {
	started, err := startLoadHost(ctx, args)
	if err != nil {
		return nil, err
	}
	started.mesh.onDeliver = receivedBy(record, note)
	return started, started.join(args.Topics)
}

// connectDefaults has the default nodes dial their peers, each as far away as it is.
func (w *geoWorld) connectDefaults(ctx context.Context) error {
	failures := make([]error, w.args.Defaults*w.args.DefaultPeers)
	places := make(chan struct{}, geoDialsAtOnce)
	var dials sync.WaitGroup
	for i := range failures {
		party := w.defaults[i/w.args.DefaultPeers]
		node := party.peers[i%w.args.DefaultPeers]
		places <- struct{}{}
		dials.Go(func() {
			failures[i] = w.dialFrom(ctx, party.host, node)
			<-places
		})
	}
	dials.Wait()
	return errors.Join(failures...)
}

func (w *geoWorld) dialFrom(ctx context.Context, from host.Host, node *geoNode) error {
	address, err := w.doorTo(node)
	if err != nil {
		return err
	}
	if _, err := dial(ctx, from, address); err != nil {
		return fmt.Errorf("node %d: %w", node.number, err)
	}
	return nil
}

// doorTo is where a node is dialled from the region of the two.
func (w *geoWorld) doorTo(node *geoNode) (string, error) {
	port, err := tcpPort(node.host)
	if err != nil {
		return "", err
	}
	behind := net.JoinHostPort("127.0.0.1", strconv.Itoa(int(port)))
	door, err := w.proxy.open(behind, w.delay(w.args.Home, node.region))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("/ip4/127.0.0.1/tcp/%d/p2p/%s", door.Port, node.host.ID()), nil
}

// tapRelay connects the tap with the relay, without a delay. The relay is its direct peer, so that neither grafts the
// other; the relay is to have it as one, too.
func (w *geoWorld) tapRelay(ctx context.Context, record *geoRecord) error {
	relay, err := addressInfo(w.args.Relay)
	if err != nil {
		return err
	}
	args := w.nodeArgs()
	args.Gossip.direct = []peer.AddrInfo{*relay}
	if w.tap, err = startRecording(ctx, args, record, noteTap); err != nil {
		return err
	}
	_, err = dial(ctx, w.tap.host, w.args.Relay)
	return err
}

func addressInfo(address string) (*peer.AddrInfo, error) {
	target, err := multiaddr.NewMultiaddr(address)
	if err != nil {
		return nil, fmt.Errorf("multiaddr: %w", err)
	}
	return peer.AddrInfoFromP2pAddr(target)
}

// geoPeer is a node as the relay is to know it.
type geoPeer struct {
	PeerID  string `json:"peerId"`
	Region  int    `json:"region"`
	Address string `json:"address"`
}

// describe tells the relay's peers and the tap.
func (w *geoWorld) describe() (any, error) {
	nodes := make([]geoPeer, len(w.relayPeers))
	for i, node := range w.relayPeers {
		address, err := w.doorTo(node)
		if err != nil {
			return nil, err
		}
		nodes[i] = geoPeer{node.host.ID().String(), node.region, address}
	}
	return map[string]any{"nodes": nodes, "tap": w.tap.host.ID().String()}, nil
}

// geoPlan is how a block spreads: when each of the peers has it.
type geoPlan struct {
	publisher int
	at        map[*geoNode]time.Duration
}

// plan works out how blocks spread that are published in turn by any node of each of the publishers' regions.
func (w *geoWorld) plan(blocks int) ([]geoPlan, error) {
	plans := make([]geoPlan, blocks)
	for i := range plans {
		turn := i % len(w.args.Publishers)
		node := w.overlay.drawIn(w.args.Publishers[turn], w.taken)
		if node < 0 {
			return nil, fmt.Errorf("nobody in region %d may publish", w.args.Publishers[turn])
		}
		arrivals := w.overlay.arrivals(node)
		plans[i] = geoPlan{turn, map[*geoNode]time.Duration{}}
		for _, peer := range w.peers() {
			plans[i].at[peer] = arrivals[peer.number]
		}
	}
	return plans, nil
}

func (w *geoWorld) peers() []*geoNode {
	all := append([]*geoNode{}, w.relayPeers...)
	for _, party := range w.defaults {
		all = append(all, party.peers...)
	}
	return all
}

// publish lets a block spread as planned, from now on.
func (w *geoWorld) publish(plan geoPlan, slot uint64, data []byte, record *geoRecord) {
	framed, _ := publishFrame(w.topic, data)
	id := w.ids.of(w.topic, data)
	block := &geoFrame{id: id, idHex: fmt.Sprintf("%x", id), framed: framed}
	spread := &geoBlock{
		publisher:     plan.publisher,
		slot:          slot,
		dueAtRelay:    w.firstDue(plan, w.relayPeers),
		dueAtDefaults: make([]time.Duration, len(w.defaults)),
		atDefaults:    make([]time.Duration, len(w.defaults)),
	}
	for i, party := range w.defaults {
		spread.dueAtDefaults[i] = w.firstDue(plan, party.peers)
	}
	start := record.publish(id, spread)
	for node, after := range plan.at {
		node.hand(block, start.Add(after), w.overlay.handling)
	}
}

// firstDue is when the first copy would be with whom these are the peers of, if what is run and not worked out took no time: by
// the nearest way through those who have it in their mesh.
func (w *geoWorld) firstDue(plan geoPlan, peers []*geoNode) time.Duration {
	first := time.Duration(0)
	for _, node := range peers {
		due := plan.at[node] + w.overlay.handling + w.delay(w.args.Home, node.region).oneWay
		if node.meshed() && (first == 0 || due < first) {
			first = due
		}
	}
	return first
}

// defaultMesh is how many peers a default node has in its mesh, on average.
func (w *geoWorld) defaultMesh() float64 {
	peers := 0
	for _, party := range w.defaults {
		peers += len(party.mesh.peersOf(w.topic))
	}
	return float64(peers) / float64(len(w.defaults))
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"
)

// geoDialsAtOnce bounds the handshakes under way while the network is made: more would only wait for a core.
const geoDialsAtOnce = 64

// geoMember is one of the network, in a region.
type geoMember struct {
	*loadHost
	region int
	// place is nil for the default node, whose links all are sockets.
	place *memoryPlace
}

// geoWorld is the network: nodes first, then publishers, then the default node. The publishers are no peers of the two
// that are compared: on mainnet a proposer hardly ever is.
type geoWorld struct {
	args    geoStartArgs
	proxy   *delayProxy
	ids     *knownIDs
	memory  *memoryLinks
	topic   string
	members []*geoMember
	links   []geoLink
	tap     *loadHost

	mutex sync.Mutex
	doors map[geoDoorKey]string
}

// geoDoorKey is from where which member is dialled.
type geoDoorKey struct{ region, member int }

func newGeoWorld(args geoStartArgs, proxy *delayProxy) *geoWorld {
	outsiders := len(args.Publishers) + 1
	members := len(args.Nodes) + outsiders
	world := &geoWorld{
		args:  args,
		proxy: proxy,
		ids:   newKnownIDs(),
		topic: args.Topics[0],
		links: drawLinks(members, outsiders, args.Dials, args.Seed),
		doors: map[geoDoorKey]string{},
	}
	world.memory = newMemoryLinks(world.delay)
	return world
}

// delay is what a link between two regions takes.
func (w *geoWorld) delay(from, to int) linkDelay {
	return linkDelay{durationOf(w.args.RoundTripMs[from][to]) / 2, durationOf(w.args.JitterMs)}
}

// populate starts all members; arrivals at nodes and at the default node go into the record.
func (w *geoWorld) populate(ctx context.Context, record *geoRecord) error {
	toNode := func(block *geoBlock, _ time.Duration) { block.reached++ }
	toDefault := func(block *geoBlock, after time.Duration) { block.atDefault = after }
	ignored := func(*geoBlock, time.Duration) {}
	for _, region := range w.args.Nodes {
		if err := w.add(ctx, region, w.placeIn(region), record, toNode); err != nil {
			return err
		}
	}
	for _, region := range w.args.Publishers {
		if err := w.add(ctx, region, w.placeIn(region), record, ignored); err != nil {
			return err
		}
	}
	return w.add(ctx, w.args.Home, nil, record, toDefault)
}

// placeIn is the place of the next member.
func (w *geoWorld) placeIn(region int) *memoryPlace {
	return &memoryPlace{w.memory, uint64(len(w.members) + 1), region}
}

type geoNote = func(block *geoBlock, after time.Duration)

func (w *geoWorld) add(ctx context.Context, region int, place *memoryPlace, record *geoRecord, note geoNote) error {
	args := w.args.loadConnectArgs
	args.Gossip.messageID = w.ids.ofMessage
	args.Host.memory = place
	started, err := startRecording(ctx, args, record, note)
	if err == nil {
		w.members = append(w.members, &geoMember{started, region, place})
	}
	return err
}

// startRecording starts a member that notes each new block.
func startRecording(ctx context.Context, args loadConnectArgs, record *geoRecord, note geoNote) (*loadHost, error) {
	started, err := startLoadHost(ctx, args)
	if err != nil {
		return nil, err
	}
	started.mesh.onDeliver = func(message *pubsub.Message) { record.land(message.ID, note) }
	return started, started.join(args.Topics)
}

// connect makes all links.
func (w *geoWorld) connect(ctx context.Context) error {
	failures := make([]error, len(w.links))
	places := make(chan struct{}, geoDialsAtOnce)
	var dials sync.WaitGroup
	for i, link := range w.links {
		places <- struct{}{}
		dials.Go(func() {
			failures[i] = w.dial(ctx, link)
			<-places
		})
	}
	dials.Wait()
	return errors.Join(failures...)
}

func (w *geoWorld) dial(ctx context.Context, link geoLink) error {
	from := w.members[link.from]
	address, err := w.addressBetween(link)
	if err != nil {
		return err
	}
	if _, err := dial(ctx, from.host, address); err != nil {
		return fmt.Errorf("member %d to %d: %w", link.from, link.to, err)
	}
	return nil
}

// addressBetween is where the first dials the second: in memory where both can.
func (w *geoWorld) addressBetween(link geoLink) (string, error) {
	from, to := w.members[link.from], w.members[link.to]
	if from.place == nil || to.place == nil {
		return w.addressOf(link.to, from.region)
	}
	return fmt.Sprintf("%s/p2p/%s", to.place.address(), to.host.ID()), nil
}

// addressOf is where a member is dialled over a socket from a region: a door of its own for each region.
func (w *geoWorld) addressOf(member, region int) (string, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	key := geoDoorKey{region, member}
	if address, open := w.doors[key]; open {
		return address, nil
	}
	target := w.members[member]
	port, err := tcpPort(target.host)
	if err != nil {
		return "", err
	}
	behind := net.JoinHostPort("127.0.0.1", strconv.Itoa(int(port)))
	door, err := w.proxy.open(behind, w.delay(region, target.region))
	if err != nil {
		return "", err
	}
	address := fmt.Sprintf("/ip4/127.0.0.1/tcp/%d/p2p/%s", door.Port, target.host.ID())
	w.doors[key] = address
	return address, nil
}

// tapRelay connects the tap with the relay, without a delay. The relay is its direct peer, so that neither grafts the
// other; the relay is to have it as one, too.
func (w *geoWorld) tapRelay(ctx context.Context, record *geoRecord) error {
	relay, err := addressInfo(w.args.Relay)
	if err != nil {
		return err
	}
	args := w.args.loadConnectArgs
	args.Gossip.messageID = w.ids.ofMessage
	args.Gossip.direct = []peer.AddrInfo{*relay}
	toTap := func(block *geoBlock, after time.Duration) { block.atTap = after }
	if w.tap, err = startRecording(ctx, args, record, toTap); err != nil {
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

// geoNode is a node as the relay is to know it.
type geoNode struct {
	PeerID  string `json:"peerId"`
	Region  int    `json:"region"`
	Address string `json:"address"`
	Links   int    `json:"links"`
}

// describe tells the nodes, the tap, and how many links the default node has.
func (w *geoWorld) describe() (any, error) {
	degrees := make([]int, len(w.members))
	for _, link := range w.links {
		degrees[link.from]++
		degrees[link.to]++
	}
	nodes := make([]geoNode, len(w.args.Nodes))
	for i := range nodes {
		address, err := w.addressOf(i, w.args.Home)
		if err != nil {
			return nil, err
		}
		member := w.members[i]
		nodes[i] = geoNode{member.host.ID().String(), member.region, address, degrees[i]}
	}
	return map[string]any{
		"nodes":        nodes,
		"tap":          w.tap.host.ID().String(),
		"defaultLinks": degrees[len(degrees)-1],
	}, nil
}

// publish has the publisher whose turn it is send a block.
func (w *geoWorld) publish(ctx context.Context, turn int, slot uint64, data []byte, record *geoRecord) error {
	index := turn % len(w.args.Publishers)
	publisher := w.members[len(w.args.Nodes)+index]
	record.publish(w.ids.of(w.topic, data), index, slot)
	return publisher.topics[w.topic].Publish(ctx, data)
}

// defaultMesh is how many peers the default node has in its mesh.
func (w *geoWorld) defaultMesh() int {
	return len(w.members[len(w.members)-1].mesh.peersOf(w.topic))
}

package main

import (
	"bufio"
	"context"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
)

// geoQueueSize bounds what waits for a stream: a few blocks and words of control. What does not fit is lost.
const geoQueueSize = 64

// fullBackoff is what a refused GRAFT is told, in seconds: the protocol's.
const fullBackoff = 60

// geoAskDelay is after how long a node asks: by then the party's mesh is as large as it makes it by itself.
const geoAskDelay = 15 * time.Second

// geoNode is one of the overlay's nodes that a party, the relay or the default node, has for a peer. Its other peers and
// when blocks reach it through them are worked out; towards the party it speaks gossipsub by itself. It takes the party into
// its mesh when there is room; few ask for it, since their mesh has D without.
type geoNode struct {
	host   host.Host
	number int
	region int
	topic  string
	// hasRoom says whether its mesh takes one more.
	hasRoom bool
	// asks says that it takes the party into its mesh by itself, once the party has settled.
	asks bool
	ids  *knownIDs
	// onServed is told of each message that the party brought before the overlay did.
	onServed func(id string)
	queue    chan []byte

	mutex    sync.Mutex
	isMeshed bool
	// has holds what has come from either side, unwanted what the party said it does not want. Both are emptied at each run.
	has, unwanted map[string]bool
}

// startGeoNode makes the host; the party is to dial it.
func startGeoNode(options hostOptions, view localView, node *geoNode) error {
	h, err := newHost(options)
	if err != nil {
		return err
	}
	node.host, node.queue = h, make(chan []byte, geoQueueSize)
	node.forget()
	newServer(view, func(any) {}).register(h)
	for _, id := range meshsubProtocols {
		h.SetStreamHandler(id, node.receive)
	}
	h.Network().Notify(&network.NotifyBundle{ConnectedF: func(_ network.Network, conn network.Conn) {
		go node.open(conn.RemotePeer())
	}})
	return nil
}

// forget begins a run.
func (n *geoNode) forget() {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.has, n.unwanted = map[string]bool{}, map[string]bool{}
}

// open opens the stream on which we write, and says what we subscribe to. There is one party, and one connection to it.
func (n *geoNode) open(party peer.ID) {
	ctx, cancel := context.WithTimeout(context.Background(), dialTimeout)
	defer cancel()
	stream, err := n.host.NewStream(network.WithNoDial(ctx, "the connection is there"), party, meshsubProtocols...)
	if err != nil {
		return
	}
	n.say(wireRPC{Subscribe: []string{n.topic}})
	for framed := range n.queue {
		if _, err := stream.Write(framed); err != nil {
			_ = stream.Reset()
			return
		}
	}
}

func (n *geoNode) say(said wireRPC) {
	rpc, err := said.decode()
	if err != nil {
		return
	}
	if framed, err := frame(rpc); err == nil {
		n.put(framed)
	}
}

func (n *geoNode) put(framed []byte) {
	select {
	case n.queue <- framed:
	default:
	}
}

// hand has the overlay bring a block at a time, and passes it on once it is handled: to its mesh, as any node would.
func (n *geoNode) hand(block *geoFrame, at time.Time, handling time.Duration) {
	time.AfterFunc(time.Until(at), func() {
		if !n.learn(block.id) {
			return
		}
		if n.wants(block.id) {
			n.say(wireRPC{IDontWant: []string{block.idHex}})
		}
		time.AfterFunc(time.Until(at.Add(handling)), func() {
			if n.wants(block.id) {
				n.put(block.framed)
			}
		})
	})
}

// geoFrame is a block as it goes over the wire; the bytes are shared by all who send it.
type geoFrame struct {
	id, idHex string
	framed    []byte
}

// learn says whether a message is new to the node.
func (n *geoNode) learn(id string) bool {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	isNew := !n.has[id]
	n.has[id] = true
	return isNew
}

// wants says whether the party is to get a message.
func (n *geoNode) wants(id string) bool {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	return n.isMeshed && !n.unwanted[id]
}

func (n *geoNode) meshed() bool {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	return n.isMeshed
}

func (n *geoNode) setMeshed(isMeshed bool) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.isMeshed = isMeshed
}

// receive reads the party's RPCs until the stream ends.
func (n *geoNode) receive(stream network.Stream) {
	in := frameReader{in: bufio.NewReaderSize(stream, fanBufferBytes)}
	for {
		rpc, err := in.next()
		if err == nil {
			err = visitRPC(rpc, n)
		}
		if err != nil {
			n.setMeshed(false)
			_ = stream.Reset()
			return
		}
	}
}

func (n *geoNode) onSubscription(topic []byte, on bool) {
	if n.asks && on && string(topic) == n.topic {
		time.AfterFunc(geoAskDelay, n.ask)
	}
}

func (n *geoNode) ask() {
	if n.meshed() {
		return
	}
	n.setMeshed(true)
	n.say(wireRPC{Graft: []string{n.topic}})
}

func (n *geoNode) onMessage(topic []byte, data []byte) {
	id := n.ids.of(string(topic), data)
	if n.learn(id) {
		n.onServed(id)
	}
}

func (n *geoNode) onGraft(topic []byte) {
	if n.hasRoom && string(topic) == n.topic {
		n.setMeshed(true)
		return
	}
	n.say(wireRPC{Prune: []wirePrune{{string(topic), fullBackoff}}})
}

func (n *geoNode) onPrune([]byte, uint64) { n.setMeshed(false) }

func (n *geoNode) onUnwanted(id []byte) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.unwanted[string(id)] = true
}

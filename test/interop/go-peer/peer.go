package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"sync"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

// controlledPeer is the one peer a test drives. It starts with the command "start".
type controlledPeer struct {
	emit func(any)

	mutex  sync.Mutex
	host   host.Host
	gossip *gossip
	server *server
	mesh   *meshTracer
}

var (
	errNotStarted     = errors.New("the peer is not started")
	errAlreadyStarted = errors.New("the peer is already started")
)

func newPeer(emit func(any)) *controlledPeer { return &controlledPeer{emit: emit} }

func (p *controlledPeer) handlers() map[string]handler {
	return map[string]handler{
		"start":       typed(p.start),
		"serveBlocks": p.started(typed(p.serveBlocks)),
		"dial":        p.started(typed(p.dial)),
		"disconnect":  p.started(typed(p.disconnect)),
		"peers":       p.started(typed(p.peers)),
		"subscribe":   p.started(typed(p.subscribe)),
		"leave":       p.started(typed(p.leave)),
		"mesh":        p.started(typed(p.meshOf)),
		"publish":     p.started(typed(p.publish)),
		"setView":     p.started(typed(p.setView)),
		"behave":      p.started(typed(p.behave)),
		"request":     p.started(typed(p.request)),
		"rawRequest":  p.started(typed(p.rawRequest)),
	}
}

// started refuses a command that came before "start".
func (p *controlledPeer) started(run handler) handler {
	return func(ctx context.Context, args json.RawMessage) (any, error) {
		p.mutex.Lock()
		ready := p.host != nil
		p.mutex.Unlock()
		if !ready {
			return nil, errNotStarted
		}
		return run(ctx, args)
	}
}

type startArgs struct {
	Host   hostOptions   `json:"host"`
	Gossip gossipOptions `json:"gossip"`
	View   localView     `json:"view"`
}

// meshEvent is one GRAFT or PRUNE.
type meshEvent struct {
	Event string `json:"event"`
	Kind  string `json:"kind"`
	Topic string `json:"topic"`
	Peer  string `json:"peer"`
}

// unwantedEvent is one IDONTWANT that came in.
type unwantedEvent struct {
	Event string   `json:"event"`
	Peer  string   `json:"peer"`
	IDs   []string `json:"ids"`
}

// connectionEvent is a first connection to a peer, or the loss of the last.
type connectionEvent struct {
	Event string `json:"event"`
	Peer  string `json:"peer"`
}

func (p *controlledPeer) start(ctx context.Context, args startArgs) (any, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.host != nil {
		return nil, errAlreadyStarted
	}
	h, err := newHost(args.Host)
	if err != nil {
		return nil, err
	}
	p.server = newServer(args.View, p.emit)
	p.server.register(h)
	h.Network().Notify(&network.NotifyBundle{
		ConnectedF: func(n network.Network, c network.Conn) {
			if len(n.ConnsToPeer(c.RemotePeer())) == 1 {
				p.emit(connectionEvent{"connected", c.RemotePeer().String()})
			}
		},
		DisconnectedF: func(n network.Network, c network.Conn) {
			if len(n.ConnsToPeer(c.RemotePeer())) == 0 {
				p.emit(connectionEvent{"disconnected", c.RemotePeer().String()})
			}
		},
	})
	p.mesh = newMeshTracer()
	p.mesh.onChange = func(kind, topic string, id peer.ID) {
		p.emit(meshEvent{"mesh", kind, topic, id.String()})
	}
	p.mesh.onUnwanted = func(from peer.ID, ids []string) {
		shown := make([]string, len(ids))
		for i, id := range ids {
			shown[i] = hex.EncodeToString([]byte(id))
		}
		p.emit(unwantedEvent{"idontwant", from.String(), shown})
	}
	router, err := newGossip(ctx, h, args.Gossip, controlTracer{p.mesh, p.emit})
	if err != nil {
		return nil, err
	}
	p.gossip = &gossip{self: h, pubsub: router, emit: p.emit, topics: map[string]*subscription{}}
	p.host = h
	return map[string]any{"peerId": h.ID().String(), "addresses": fullAddresses(h)}, nil
}

func (p *controlledPeer) dial(ctx context.Context, args struct {
	Address string `json:"address"`
}) (any, error) {
	id, err := dial(ctx, p.host, args.Address)
	if err != nil {
		return nil, err
	}
	conns := p.host.Network().ConnsToPeer(id)
	if len(conns) == 0 {
		return nil, errors.New("the connection was closed at once")
	}
	return map[string]any{"peerId": id.String(), "transport": transportOf(conns[0])}, nil
}

// peerArg names a connected peer.
type peerArg struct {
	Peer string `json:"peer"`
}

func (p *controlledPeer) disconnect(_ context.Context, args peerArg) (any, error) {
	id, err := peer.Decode(args.Peer)
	if err != nil {
		return nil, err
	}
	return nil, p.host.Network().ClosePeer(id)
}

// connectedPeer is what we know of a connected peer, mostly from identify.
type connectedPeer struct {
	PeerID    string        `json:"peerId"`
	Agent     string        `json:"agent"`
	Transport string        `json:"transport"`
	Inbound   bool          `json:"inbound"`
	Protocols []protocol.ID `json:"protocols"`
}

func (p *controlledPeer) peers(context.Context, struct{}) (any, error) {
	found := []connectedPeer{}
	for _, conn := range p.host.Network().Conns() {
		id := conn.RemotePeer()
		agent, _ := p.host.Peerstore().Get(id, "AgentVersion")
		name, _ := agent.(string)
		protocols, err := p.host.Peerstore().GetProtocols(id)
		if err != nil {
			return nil, err
		}
		found = append(found, connectedPeer{
			id.String(), name, transportOf(conn), conn.Stat().Direction == network.DirInbound, protocols,
		})
	}
	return found, nil
}

func (p *controlledPeer) setView(_ context.Context, view localView) (any, error) {
	p.server.setView(view)
	return nil, nil
}

func (p *controlledPeer) serveBlocks(_ context.Context, args struct {
	ForkDigest string `json:"forkDigest"`
	SizeBytes  int    `json:"sizeBytes"`
}) (any, error) {
	return nil, serveBlocks(p.host, args.ForkDigest, args.SizeBytes, p.emit)
}

func (p *controlledPeer) behave(_ context.Context, args struct {
	Protocol string `json:"protocol"`
	behaviour
}) (any, error) {
	if _, known := rpcProtocols[args.Protocol]; !known {
		return nil, errors.New("no such protocol: " + args.Protocol)
	}
	p.server.setBehaviour(args.Protocol, args.behaviour)
	return nil, nil
}

type requestArgs struct {
	peerArg
	Protocol string `json:"protocol"`
	// Value is the u64 of a ping or goodbye, as decimal text; without it a ping carries our own sequence number.
	Value *string `json:"value"`
}

func (p *controlledPeer) request(ctx context.Context, args requestArgs) (any, error) {
	spoken, known := rpcProtocols[args.Protocol]
	if !known {
		return nil, errors.New("no such protocol: " + args.Protocol)
	}
	id, err := peer.Decode(args.Peer)
	if err != nil {
		return nil, err
	}
	view, _ := p.server.current(args.Protocol)
	var ssz []byte
	if spoken.requestBytes > 0 {
		if ssz, err = view.answer(args.Protocol); err != nil {
			return nil, err
		}
	}
	if args.Value != nil {
		value, err := strconv.ParseUint(*args.Value, 10, 64)
		if err != nil {
			return nil, err
		}
		ssz = encodeUint64(value)
	}
	return request(ctx, p.host, id, spoken, ssz)
}

func (p *controlledPeer) rawRequest(ctx context.Context, args struct {
	peerArg
	ProtocolID protocol.ID `json:"protocolId"`
	Data       string      `json:"data"`
	HalfClose  bool        `json:"halfClose"`
}) (any, error) {
	id, err := peer.Decode(args.Peer)
	if err != nil {
		return nil, err
	}
	data, err := hexDecode(args.Data)
	if err != nil {
		return nil, err
	}
	return rawRequest(ctx, p.host, id, args.ProtocolID, data, args.HalfClose), nil
}

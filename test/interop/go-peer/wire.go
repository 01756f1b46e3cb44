package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strconv"
	"sync"
	"time"

	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

// wirePeer speaks gossipsub by hand: whatever a test tells it to write goes onto a /meshsub stream as it is, and every
// RPC that comes in is reported. It is for what go-libp2p-pubsub has no call for. It answers Req/Resp like any peer.
type wirePeer struct {
	emit func(any)

	mutex sync.Mutex
	host  host.Host
	// refuses says that each GRAFT is answered with a PRUNE, so that the other side only ever gossips with us.
	refuses bool
	// stalls says that gossip is no longer read.
	stalls  bool
	streams map[peer.ID]network.Stream
}

// meshsubProtocols are spoken from the newest; 1.2 added IDONTWANT.
var meshsubProtocols = []protocol.ID{"/meshsub/1.2.0", "/meshsub/1.1.0"}

// refusalBackoff is what a refused GRAFT is told, in seconds: longer than any run.
const refusalBackoff = 3600

func newWirePeer(emit func(any)) *wirePeer {
	return &wirePeer{emit: emit, streams: map[peer.ID]network.Stream{}}
}

func (w *wirePeer) handlers() map[string]handler {
	return map[string]handler{
		"wireStart":  typed(w.start),
		"wireDial":   typed(w.dial),
		"wireOpen":   typed(w.reopen),
		"wireSend":   typed(w.send),
		"wireRaw":    typed(w.sendRaw),
		"wireFlood":  typed(w.flood),
		"wireStall":  typed(w.stall),
		"wireRedial": typed(w.redial),
	}
}

type wireStartArgs struct {
	Host    hostOptions `json:"host"`
	View    localView   `json:"view"`
	Refuses bool        `json:"refuses"`
}

func (w *wirePeer) start(_ context.Context, args wireStartArgs) (any, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.host != nil {
		return nil, errAlreadyStarted
	}
	h, err := newHost(args.Host)
	if err != nil {
		return nil, err
	}
	newServer(args.View, w.emit).register(h)
	for _, id := range meshsubProtocols {
		h.SetStreamHandler(id, w.receive)
	}
	h.Network().Notify(&network.NotifyBundle{DisconnectedF: func(n network.Network, c network.Conn) {
		if len(n.ConnsToPeer(c.RemotePeer())) == 0 {
			w.emit(connectionEvent{"disconnected", c.RemotePeer().String()})
		}
	}})
	w.host, w.refuses = h, args.Refuses
	return map[string]any{"peerId": h.ID().String(), "addresses": fullAddresses(h)}, nil
}

// dial connects and opens the stream on which we write.
func (w *wirePeer) dial(ctx context.Context, args struct {
	Address string `json:"address"`
}) (any, error) {
	if w.host == nil {
		return nil, errNotStarted
	}
	id, err := dial(ctx, w.host, args.Address)
	if err != nil {
		return nil, err
	}
	return map[string]any{"peerId": id.String()}, w.open(ctx, id)
}

// reopen replaces the stream on which we write by a new one.
func (w *wirePeer) reopen(ctx context.Context, args peerArg) (any, error) {
	id, err := peer.Decode(args.Peer)
	if err != nil {
		return nil, err
	}
	return nil, w.open(ctx, id)
}

func (w *wirePeer) open(ctx context.Context, id peer.ID) error {
	stream, err := w.host.NewStream(network.WithNoDial(ctx, "the connection is there"), id, meshsubProtocols...)
	if err != nil {
		return err
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if before := w.streams[id]; before != nil {
		_ = before.Reset()
	}
	w.streams[id] = stream
	return nil
}

// sendRaw writes bytes on the stream to a peer, framed or not as the test wishes.
func (w *wirePeer) sendRaw(_ context.Context, args struct {
	peerArg
	Data string `json:"data"`
}) (any, error) {
	data, err := hexDecode(args.Data)
	if err != nil {
		return nil, err
	}
	return nil, w.write(args.Peer, data)
}

func (w *wirePeer) send(_ context.Context, args struct {
	peerArg
	RPC wireRPC `json:"rpc"`
}) (any, error) {
	rpc, err := args.RPC.decode()
	if err != nil {
		return nil, err
	}
	framed, err := frame(rpc)
	if err != nil {
		return nil, err
	}
	return nil, w.write(args.Peer, framed)
}

func (w *wirePeer) write(to string, data []byte) error {
	id, err := peer.Decode(to)
	if err != nil {
		return err
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	stream := w.streams[id]
	if stream == nil {
		return errors.New("no stream to " + to)
	}
	_, err = stream.Write(data)
	return err
}

// frame puts the length before an RPC.
func frame(rpc *pb.RPC) ([]byte, error) {
	body, err := rpc.Marshal()
	if err != nil {
		return nil, err
	}
	return append(binary.AppendUvarint(nil, uint64(len(body))), body...), nil
}

// rpcEvent is one RPC that came in.
type rpcEvent struct {
	Event string `json:"event"`
	Peer  string `json:"peer"`
	// AtNs is the wall clock when the RPC was read.
	AtNs string  `json:"atNs"`
	RPC  wireRPC `json:"rpc"`
}

// receive reports every RPC of a stream until it ends.
func (w *wirePeer) receive(stream network.Stream) {
	from := stream.Conn().RemotePeer()
	in := bufio.NewReader(stream)
	for w.reads() {
		rpc, err := readRPC(in)
		if err != nil {
			_ = stream.Reset()
			return
		}
		at := strconv.FormatInt(time.Now().UnixNano(), 10)
		w.emit(rpcEvent{"rpc", from.String(), at, encodeWireRPC(rpc)})
		if w.refuses {
			w.refuse(from, rpc.GetControl().GetGraft())
		}
	}
}

func readRPC(in *bufio.Reader) (*pb.RPC, error) {
	length, err := binary.ReadUvarint(in)
	if err != nil {
		return nil, err
	}
	if length > maxRPCBytes {
		return nil, errors.New("an RPC of that size is not allowed")
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(in, body); err != nil {
		return nil, err
	}
	rpc := &pb.RPC{}
	return rpc, rpc.Unmarshal(body)
}

// refuse answers GRAFTs with PRUNEs.
func (w *wirePeer) refuse(from peer.ID, grafts []*pb.ControlGraft) {
	if len(grafts) == 0 {
		return
	}
	answer := wireRPC{}
	for _, graft := range grafts {
		answer.Prune = append(answer.Prune, wirePrune{graft.GetTopicID(), refusalBackoff})
	}
	rpc, err := answer.decode()
	if err != nil {
		return
	}
	if framed, err := frame(rpc); err == nil {
		_ = w.write(from.String(), framed)
	}
}

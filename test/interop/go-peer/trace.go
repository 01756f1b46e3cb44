package main

import (
	pubsub "github.com/libp2p/go-libp2p-pubsub"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/peer"
)

// controlEvent is one RPC with GRAFTs or PRUNEs as it crossed the wire, either way.
type controlEvent struct {
	Event     string      `json:"event"`
	Direction string      `json:"direction"`
	Peer      string      `json:"peer"`
	Graft     []string    `json:"graft,omitempty"`
	Prune     []wirePrune `json:"prune,omitempty"`
}

// controlTracer is a meshTracer that also reports what pubsub itself saw on the wire.
type controlTracer struct {
	*meshTracer
	emit func(any)
}

// RecvRPC is called for each RPC that comes in.
func (t controlTracer) RecvRPC(rpc *pubsub.RPC) {
	t.meshTracer.RecvRPC(rpc)
	t.report("in", rpc.From(), rpc.GetControl())
}

// SendRPC is called for each RPC that goes out.
func (t controlTracer) SendRPC(rpc *pubsub.RPC, to peer.ID) {
	t.report("out", to, rpc.GetControl())
}

func (t controlTracer) report(direction string, with peer.ID, control *pb.ControlMessage) {
	shown := encodeWireRPC(&pb.RPC{Control: &pb.ControlMessage{Graft: control.GetGraft(), Prune: control.GetPrune()}})
	if len(shown.Graft)+len(shown.Prune) == 0 {
		return
	}
	t.emit(controlEvent{"control", direction, with.String(), shown.Graft, shown.Prune})
}

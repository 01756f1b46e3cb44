package main

import (
	"context"
	"errors"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	libp2pswarm "github.com/libp2p/go-libp2p/p2p/net/swarm"
)

// What a hostile peer does beside gossip: Req/Resp by hand, floods of it, a gossip stream that it does not read, and
// coming back after it was sent away.

type wireFloodArgs struct {
	peerArg
	ProtocolID protocol.ID `json:"protocolId"`
	Data       string      `json:"data"`
	HalfClose  bool        `json:"halfClose"`
	Count      int         `json:"count"`
}

// flood writes bytes on a stream of their own again and again, each as soon as the one before ended, and reports
// whatever came back. It ends early when the connection does.
func (w *wirePeer) flood(ctx context.Context, args wireFloodArgs) (any, error) {
	h, err := w.started()
	if err != nil {
		return nil, err
	}
	id, err := peer.Decode(args.Peer)
	if err != nil {
		return nil, err
	}
	data, err := hexDecode(args.Data)
	if err != nil {
		return nil, err
	}
	answers := []rawResult{}
	for len(answers) < args.Count {
		answers = append(answers, rawRequest(ctx, h, id, args.ProtocolID, data, args.HalfClose))
		if h.Network().Connectedness(id) != network.Connected {
			break
		}
	}
	return answers, nil
}

// stall stops reading gossip: the stream's window fills, and then the buffers of the other side. For good.
func (w *wirePeer) stall(context.Context, struct{}) (any, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.stalls = true
	return nil, nil
}

// reads is false once the peer has stalled.
func (w *wirePeer) reads() bool {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return !w.stalls
}

// lingering is how long a connection must live to count as accepted: a listener that refuses whom it knows only after
// the handshake closes it then.
const lingering = 500 * time.Millisecond

// redialResult says what became of a connection; Why is empty when it was accepted.
type redialResult struct {
	Refused bool   `json:"refused"`
	Why     string `json:"why"`
}

// redial comes back after the connection was lost, and opens the stream on which we write.
func (w *wirePeer) redial(ctx context.Context, args struct {
	Address string `json:"address"`
}) (any, error) {
	h, err := w.started()
	if err != nil {
		return nil, err
	}
	if len(h.Network().Conns()) > 0 {
		return nil, errors.New("the connection is still there")
	}
	forgetFailures(h)
	id, err := dial(ctx, h, args.Address)
	if err == nil {
		err = w.open(ctx, id)
	}
	if err != nil {
		_ = h.Network().ClosePeer(id)
		return redialResult{true, err.Error()}, nil
	}
	for until := time.Now().Add(lingering); time.Now().Before(until); time.Sleep(10 * time.Millisecond) {
		if len(h.Network().ConnsToPeer(id)) == 0 {
			return redialResult{true, "closed after the handshake"}, nil
		}
	}
	return redialResult{false, ""}, nil
}

// forgetFailures lets a peer be dialled at once that could not be reached a moment ago.
func forgetFailures(h host.Host) {
	if dialler, ok := h.Network().(*libp2pswarm.Swarm); ok {
		for _, id := range h.Peerstore().Peers() {
			dialler.Backoff().Clear(id)
		}
	}
}

func (w *wirePeer) started() (host.Host, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.host == nil {
		return nil, errNotStarted
	}
	return w.host, nil
}

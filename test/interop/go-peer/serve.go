package main

import (
	"bufio"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
)

// streamTimeout bounds a whole request, either way.
const streamTimeout = 10 * time.Second

// behaviour says how a protocol is answered. The zero value answers truthfully.
type behaviour struct {
	// Mode is "" or "answer", "error" (Code and Message), "raw" (Raw as it is), "silent" (never) or "reset".
	Mode    string `json:"mode"`
	Code    byte   `json:"code"`
	Message string `json:"message"`
	Raw     string `json:"raw"`
}

// requestEvent is one request that came in.
type requestEvent struct {
	Event    string `json:"event"`
	Peer     string `json:"peer"`
	Protocol string `json:"protocol"`
	Body     any    `json:"body,omitempty"`
	Error    string `json:"error,omitempty"`
}

// server answers the protocols of rpcProtocols.
type server struct {
	emit func(any)

	mutex      sync.Mutex
	view       localView
	behaviours map[string]behaviour
}

func newServer(view localView, emit func(any)) *server {
	return &server{emit: emit, view: view, behaviours: map[string]behaviour{}}
}

// register puts the handlers of all protocols on a host.
func (s *server) register(h host.Host) {
	for name, spoken := range rpcProtocols {
		h.SetStreamHandler(protocolID(name), func(stream network.Stream) { s.handle(stream, spoken) })
	}
}

func (s *server) setView(view localView) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.view = view
}

func (s *server) setBehaviour(name string, as behaviour) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.behaviours[name] = as
}

func (s *server) current(name string) (localView, behaviour) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.view, s.behaviours[name]
}

// handle reads one request, reports it and answers as the protocol's behaviour says.
func (s *server) handle(stream network.Stream, spoken rpcProtocol) {
	_ = stream.SetDeadline(time.Now().Add(streamTimeout))
	event := requestEvent{Event: "request", Peer: stream.Conn().RemotePeer().String(), Protocol: spoken.name}
	if spoken.requestBytes > 0 {
		ssz, err := decodePayload(bufio.NewReader(stream), spoken.requestBytes, spoken.requestBytes)
		if err == nil {
			event.Body, err = spoken.describe(ssz)
		}
		if err != nil {
			event.Error = err.Error()
			s.emit(event)
			_ = stream.Reset()
			return
		}
	}
	s.emit(event)
	view, as := s.current(spoken.name)
	chunk, open := reply(view, as, spoken.name)
	if !open {
		_ = stream.Reset()
		return
	}
	if chunk == nil {
		return
	}
	if _, err := stream.Write(chunk); err != nil {
		_ = stream.Reset()
		return
	}
	_ = stream.Close()
}

// reply returns the bytes to send: nil for a peer that stays silent, open false for one that resets the stream.
func reply(view localView, as behaviour, name string) (chunk []byte, open bool) {
	var err error
	switch as.Mode {
	case "silent":
		return nil, true
	case "reset":
		return nil, false
	case "raw":
		chunk, err = hexDecode(as.Raw)
	case "error":
		chunk, err = encodeResponse(as.Code, []byte(as.Message))
	default:
		var ssz []byte
		if ssz, err = view.answer(name); err == nil {
			chunk, err = encodeResponse(codeSuccess, ssz)
		}
	}
	if err != nil {
		chunk, _ = encodeResponse(codeServerError, []byte(err.Error()))
	}
	return chunk, true
}

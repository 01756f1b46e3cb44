package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/multiformats/go-multiaddr"
)

// floor is the other end of a process that does nothing but send or receive (bench/floor), so that what that costs can be
// measured: it dials, counts the bytes that come, and sends what it is told to.
type floor struct {
	mutex    sync.Mutex
	links    []floorLink
	messages [][]byte

	received atomic.Int64
}

// floorLink is one connection.
type floorLink interface {
	// open makes ready to send.
	open(ctx context.Context) error
	send(message []byte) error
	// read reads until the connection ends.
	read(count func(n int))
}

func newFloor() *floor { return &floor{} }

func (f *floor) handlers() map[string]handler {
	return map[string]handler{
		"floorDial": typed(f.dial), "floorPrepare": typed(f.prepare), "floorSend": typed(f.send),
		"floorReceived": typed(f.tell),
	}
}

type floorDialArgs struct {
	// Address is a multiaddr; over QUIC it ends in /p2p/<id>.
	Address     string `json:"address"`
	Connections int    `json:"connections"`
	// Key seals what is sent over TCP.
	Key []byte `json:"key"`
}

func (f *floor) dial(ctx context.Context, args floorDialArgs) (any, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if len(f.links) > 0 {
		return nil, errAlreadyStarted
	}
	target, err := multiaddr.NewMultiaddr(args.Address)
	if err != nil {
		return nil, fmt.Errorf("multiaddr: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	for range args.Connections {
		link, err := dialFloor(ctx, target, args.Key)
		if err != nil {
			return nil, err
		}
		f.links = append(f.links, link)
		go link.read(func(n int) { f.received.Add(int64(n)) })
	}
	return nil, nil
}

func dialFloor(ctx context.Context, target multiaddr.Multiaddr, key []byte) (floorLink, error) {
	if _, err := target.ValueForProtocol(multiaddr.P_QUIC_V1); err == nil {
		return dialFloorQUIC(ctx, target)
	}
	return dialFloorTCP(ctx, target, key)
}

type floorPrepareArgs struct {
	Receivers int `json:"receivers"`
	// Messages are sent in turn.
	Messages [][]byte `json:"messages"`
}

func (f *floor) prepare(ctx context.Context, args floorPrepareArgs) (any, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if len(f.links) != args.Receivers {
		return nil, fmt.Errorf("%d connections, not %d", len(f.links), args.Receivers)
	}
	for _, link := range f.links {
		if err := link.open(ctx); err != nil {
			return nil, err
		}
	}
	f.messages = args.Messages
	return nil, nil
}

type floorSendArgs struct {
	RatePerSecond float64 `json:"ratePerSecond"`
	Seconds       float64 `json:"seconds"`
}

// floorSent counts messages, and their bytes to all receivers together.
type floorSent struct {
	Sent     int     `json:"sent"`
	Bytes    int64   `json:"bytes"`
	MaxLagMs float64 `json:"maxLagMs"`
}

// send sends at fixed times from its start: a late message does not push the next ones back.
func (f *floor) send(_ context.Context, args floorSendArgs) (any, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if len(f.messages) == 0 {
		return nil, errors.New("no messages were made")
	}
	counted := floorSent{Sent: int(args.RatePerSecond*args.Seconds + 0.5)}
	started := time.Now()
	for i := range counted.Sent {
		due := started.Add(time.Duration(float64(i) / args.RatePerSecond * float64(time.Second)))
		time.Sleep(time.Until(due))
		counted.MaxLagMs = max(counted.MaxLagMs, float64(time.Since(due))/float64(time.Millisecond))
		message := f.messages[i%len(f.messages)]
		for _, link := range f.links {
			if err := link.send(message); err != nil {
				return nil, err
			}
			counted.Bytes += int64(len(message))
		}
	}
	return counted, nil
}

// tell returns how many bytes came so far: over TCP of frames, over QUIC of streams.
func (f *floor) tell(context.Context, struct{}) (any, error) {
	return map[string]any{"bytes": f.received.Load()}, nil
}

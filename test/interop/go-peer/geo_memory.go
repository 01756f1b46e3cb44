package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/core/transport"
	libp2pswarm "github.com/libp2p/go-libp2p/p2p/net/swarm"
	"github.com/libp2p/go-libp2p/p2p/security/insecure"
	"github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"
)

// memoryQueueChunks bounds what is under way in one direction: 16 MiB of yamux's largest frames.
const memoryQueueChunks = 256

// memoryLinks are the links among members of a network that all are in this process: they cost neither system calls nor
// ciphers, so that hundreds of copies of a block leave the machine to those that are measured.
type memoryLinks struct {
	delay func(from, to int) linkDelay

	mutex     sync.Mutex
	listeners map[uint64]*memoryListener
}

func newMemoryLinks(delay func(from, to int) linkDelay) *memoryLinks {
	return &memoryLinks{delay: delay, listeners: map[uint64]*memoryListener{}}
}

// memoryPlace is where a member stands among them: its number is its address.
type memoryPlace struct {
	links  *memoryLinks
	number uint64
	region int
}

func (p memoryPlace) address() string { return fmt.Sprintf("/memory/%d", p.number) }

// settings make a host speak over these links, in plain text there. They go before those of other transports, whose
// security then is the second choice of who dials.
func (p memoryPlace) settings() []libp2p.Option {
	plaintext := func(id protocol.ID, key crypto.PrivKey) (*insecure.Transport, error) {
		self, err := peer.IDFromPrivateKey(key)
		return insecure.NewWithIdentity(id, self, key), err
	}
	links := func(upgrader transport.Upgrader, manager network.ResourceManager) (*memoryTransport, error) {
		return &memoryTransport{p, upgrader, manager}, nil
	}
	return []libp2p.Option{
		libp2p.Security(insecure.ID, plaintext),
		libp2p.Transport(links),
		// Nobody outside of this process is to hear of these addresses.
		libp2p.AddrsFactory(withoutMemory),
		// The usual order of dials puts an address of this kind off for a second.
		libp2p.SwarmOpts(libp2pswarm.WithDialRanker(libp2pswarm.NoDelayDialRanker)),
	}
}

func withoutMemory(addresses []multiaddr.Multiaddr) []multiaddr.Multiaddr {
	return multiaddr.FilterAddrs(addresses, func(address multiaddr.Multiaddr) bool { return !isMemory(address) })
}

func isMemory(address multiaddr.Multiaddr) bool {
	_, err := address.ValueForProtocol(multiaddr.P_MEMORY)
	return err == nil
}

// memoryTransport is a libp2p transport over the links.
type memoryTransport struct {
	memoryPlace
	upgrader transport.Upgrader
	manager  network.ResourceManager
}

var _ transport.Transport = (*memoryTransport)(nil)

func (t *memoryTransport) Dial(ctx context.Context, to multiaddr.Multiaddr, id peer.ID) (transport.CapableConn, error) {
	scope, err := t.manager.OpenConnection(network.DirOutbound, false, to)
	if err != nil {
		return nil, err
	}
	if err := scope.SetPeer(id); err != nil {
		scope.Done()
		return nil, err
	}
	conn, err := t.connect(to)
	if err != nil {
		scope.Done()
		return nil, err
	}
	return t.upgrader.Upgrade(ctx, t, conn, network.DirOutbound, id, scope)
}

// connect takes a round trip, as over a network.
func (t *memoryTransport) connect(to multiaddr.Multiaddr) (manet.Conn, error) {
	text, err := to.ValueForProtocol(multiaddr.P_MEMORY)
	if err != nil {
		return nil, err
	}
	number, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return nil, err
	}
	t.links.mutex.Lock()
	listener := t.links.listeners[number]
	t.links.mutex.Unlock()
	if listener == nil {
		return nil, fmt.Errorf("nobody listens on %s", to)
	}
	own, err := multiaddr.NewMultiaddr(t.address())
	if err != nil {
		return nil, err
	}
	delay := t.links.delay(t.region, listener.region)
	time.Sleep(2 * delay.oneWay)
	there, back := newMemoryPipe(delay), newMemoryPipe(delay)
	select {
	case listener.incoming <- &memoryConn{in: there, out: back, local: to, remote: own}:
		return &memoryConn{in: back, out: there, local: own, remote: to}, nil
	case <-listener.closed:
		return nil, net.ErrClosed
	}
}

func (t *memoryTransport) CanDial(to multiaddr.Multiaddr) bool { return isMemory(to) }

func (t *memoryTransport) Listen(on multiaddr.Multiaddr) (transport.Listener, error) {
	listener := &memoryListener{
		memoryPlace: t.memoryPlace,
		on:          on,
		incoming:    make(chan *memoryConn),
		closed:      make(chan struct{}),
	}
	t.links.mutex.Lock()
	defer t.links.mutex.Unlock()
	if t.links.listeners[t.number] != nil {
		return nil, errors.New("the place is taken")
	}
	t.links.listeners[t.number] = listener
	return t.upgrader.UpgradeGatedMaListener(t, t.upgrader.GateMaListener(listener)), nil
}

func (t *memoryTransport) Protocols() []int { return []int{multiaddr.P_MEMORY} }

func (t *memoryTransport) Proxy() bool { return false }

// memoryListener is a manet.Listener.
type memoryListener struct {
	memoryPlace
	on       multiaddr.Multiaddr
	incoming chan *memoryConn
	closed   chan struct{}
	once     sync.Once
}

func (l *memoryListener) Accept() (manet.Conn, error) {
	select {
	case conn := <-l.incoming:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *memoryListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *memoryListener) Multiaddr() multiaddr.Multiaddr { return l.on }
func (l *memoryListener) Addr() net.Addr                 { return memoryAddr{l.on} }

type memoryAddr struct{ multiaddr.Multiaddr }

func (memoryAddr) Network() string { return "memory" }

// memoryChunk is what was written at once, and when it may be read.
type memoryChunk struct {
	due  time.Time
	data []byte
}

// memoryPipe is one direction of a link.
type memoryPipe struct {
	delay    linkDelay
	underWay chan memoryChunk
	closed   chan struct{}
	once     sync.Once
}

func newMemoryPipe(delay linkDelay) *memoryPipe {
	return &memoryPipe{delay: delay, underWay: make(chan memoryChunk, memoryQueueChunks), closed: make(chan struct{})}
}

func (p *memoryPipe) close() { p.once.Do(func() { close(p.closed) }) }

// next waits for a chunk, and until it is due; the end comes after all that is under way.
func (p *memoryPipe) next() ([]byte, error) {
	var chunk memoryChunk
	select {
	case chunk = <-p.underWay:
	case <-p.closed:
		select {
		case chunk = <-p.underWay:
		default:
			return nil, io.EOF
		}
	}
	time.Sleep(time.Until(chunk.due))
	return chunk.data, nil
}

// memoryConn is one end of a link. One goroutine reads, as yamux does. It has no deadlines: what would be waited for in
// vain comes to an end when the other side closes.
type memoryConn struct {
	in, out       *memoryPipe
	local, remote multiaddr.Multiaddr
	rest          []byte
}

var _ manet.Conn = (*memoryConn)(nil)

func (c *memoryConn) Read(into []byte) (int, error) {
	if len(c.rest) == 0 {
		next, err := c.in.next()
		if err != nil {
			return 0, err
		}
		c.rest = next
	}
	length := copy(into, c.rest)
	c.rest = c.rest[length:]
	return length, nil
}

func (c *memoryConn) Write(data []byte) (int, error) {
	select {
	case c.out.underWay <- memoryChunk{time.Now().Add(c.out.delay.draw()), bytes.Clone(data)}:
		return len(data), nil
	case <-c.out.closed:
		return 0, net.ErrClosed
	}
}

func (c *memoryConn) Close() error {
	c.in.close()
	c.out.close()
	return nil
}

func (c *memoryConn) LocalMultiaddr() multiaddr.Multiaddr  { return c.local }
func (c *memoryConn) RemoteMultiaddr() multiaddr.Multiaddr { return c.remote }
func (c *memoryConn) LocalAddr() net.Addr                  { return memoryAddr{c.local} }
func (c *memoryConn) RemoteAddr() net.Addr                 { return memoryAddr{c.remote} }
func (c *memoryConn) SetDeadline(time.Time) error          { return nil }
func (c *memoryConn) SetReadDeadline(time.Time) error      { return nil }
func (c *memoryConn) SetWriteDeadline(time.Time) error     { return nil }

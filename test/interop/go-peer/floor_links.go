package main

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"net"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/transport"
	libp2pquic "github.com/libp2p/go-libp2p/p2p/transport/quic"
	"github.com/libp2p/go-libp2p/p2p/transport/quicreuse"
	"github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"
	"golang.org/x/crypto/chacha20poly1305"
)

// floorReadBytes is how much is read at once.
const floorReadBytes = 64 * 1024

// noisePlaintextBytes is the most of one noise frame: 65,535 less the tag of 16 (libp2p specs, noise/README.md, "Wire
// Format").
const noisePlaintextBytes = 65_519

// noiseCountOffset is where the count stands in a nonce: 32 zero bits, then 64 bits, little-endian (noise framework,
// revision 34, section 12.3).
const noiseCountOffset = 4

// floorTCP is a bare socket with noise's frames and no handshake. What comes is counted as it is.
type floorTCP struct {
	conn  net.Conn
	aead  cipher.AEAD
	nonce [chacha20poly1305.NonceSize]byte
	count uint64
	room  []byte
}

func dialFloorTCP(ctx context.Context, target multiaddr.Multiaddr, key []byte) (floorLink, error) {
	aead, err := chacha20poly1305.New(key)
	if err != nil {
		return nil, err
	}
	var dialer manet.Dialer
	conn, err := dialer.DialContext(ctx, target)
	if err != nil {
		return nil, err
	}
	return &floorTCP{conn: conn, aead: aead}, nil
}

func (l *floorTCP) open(context.Context) error { return nil }

// send seals the message and writes it at once.
func (l *floorTCP) send(message []byte) error {
	l.room = l.room[:0]
	for len(message) > 0 {
		part := message[:min(len(message), noisePlaintextBytes)]
		message = message[len(part):]
		l.room = binary.BigEndian.AppendUint16(l.room, uint16(len(part)+l.aead.Overhead()))
		binary.LittleEndian.PutUint64(l.nonce[noiseCountOffset:], l.count)
		l.count++
		l.room = l.aead.Seal(l.room, l.nonce[:], part, nil)
	}
	_, err := l.conn.Write(l.room)
	return err
}

func (l *floorTCP) read(count func(n int)) { readFloor(l.conn, count) }

// floorQUIC is a connection of go-libp2p's transport without a host above it, on a socket of its own: nothing is
// negotiated on its streams.
type floorQUIC struct {
	conn   transport.CapableConn
	stream network.MuxedStream
}

func dialFloorQUIC(ctx context.Context, target multiaddr.Multiaddr) (floorLink, error) {
	info, err := peer.AddrInfoFromP2pAddr(target)
	if err != nil {
		return nil, fmt.Errorf("multiaddr: %w", err)
	}
	key, _, err := crypto.GenerateSecp256k1Key(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	var resetKey, tokenKey [32]byte
	_, _ = rand.Read(resetKey[:]) // never fails
	_, _ = rand.Read(tokenKey[:])
	sockets, err := quicreuse.NewConnManager(resetKey, tokenKey)
	if err != nil {
		return nil, err
	}
	dialer, err := libp2pquic.NewTransport(key, sockets, nil, nil, nil)
	if err != nil {
		return nil, err
	}
	conn, err := dialer.Dial(ctx, info.Addrs[0], info.ID)
	if err != nil {
		return nil, err
	}
	return &floorQUIC{conn: conn}, nil
}

func (l *floorQUIC) open(ctx context.Context) (err error) {
	l.stream, err = l.conn.OpenStream(ctx)
	return err
}

func (l *floorQUIC) send(message []byte) error {
	_, err := l.stream.Write(message)
	return err
}

func (l *floorQUIC) read(count func(n int)) {
	for {
		stream, err := l.conn.AcceptStream()
		if err != nil {
			return
		}
		go readFloor(stream, count)
	}
}

func readFloor(from io.Reader, count func(n int)) {
	buffer := make([]byte, floorReadBytes)
	for {
		n, err := from.Read(buffer)
		count(n)
		if err != nil {
			return
		}
	}
}

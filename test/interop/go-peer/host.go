package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	libp2pquic "github.com/libp2p/go-libp2p/p2p/transport/quic"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	"github.com/multiformats/go-multiaddr"
)

// agentVersion is what identify tells the other side; tests look for its prefix.
const agentVersion = "starling-interop/0.1.0"

// dialTimeout bounds one dial: everything here is on loopback.
const dialTimeout = 10 * time.Second

// hostOptions chooses what a host listens on.
type hostOptions struct {
	TCP   bool   `json:"tcp"`
	QUIC  bool   `json:"quic"`
	Agent string `json:"agent"`
	// Address is an IPv4 address of loopback; "" is 127.0.0.1.
	Address string `json:"address"`

	// key is the identity; nil makes a new one.
	key crypto.PrivKey
}

// newHost makes a libp2p host the way consensus clients do: a secp256k1 identity, noise and yamux on TCP, QUIC v1,
// loopback only, ports chosen by the system. The resource manager is off: a test that floods wants the other
// side's limits to answer, not ours.
func newHost(options hostOptions) (host.Host, error) {
	key := options.key
	if key == nil {
		made, _, err := crypto.GenerateSecp256k1Key(rand.Reader)
		if err != nil {
			return nil, fmt.Errorf("identity: %w", err)
		}
		key = made
	}
	address := options.Address
	if address == "" {
		address = "127.0.0.1"
	}
	agent := options.Agent
	if agent == "" {
		agent = agentVersion
	}
	settings, listen := []libp2p.Option{}, []string{}
	settings = append(settings,
		libp2p.Identity(key),
		libp2p.UserAgent(agent),
		libp2p.Security(noise.ID, noise.New),
		libp2p.Muxer(yamux.ID, yamux.DefaultTransport),
		libp2p.Ping(false),
		libp2p.DisableRelay(),
		libp2p.DisableMetrics(),
		libp2p.DisableIdentifyAddressDiscovery(),
		libp2p.ResourceManager(&network.NullResourceManager{}),
		libp2p.WithDialTimeout(dialTimeout),
	)
	if options.TCP {
		settings = append(settings, libp2p.Transport(tcp.NewTCPTransport))
		listen = append(listen, "/ip4/"+address+"/tcp/0")
	}
	if options.QUIC {
		settings = append(settings, libp2p.Transport(libp2pquic.NewTransport))
		listen = append(listen, "/ip4/"+address+"/udp/0/quic-v1")
	}
	if len(listen) == 0 {
		return nil, errors.New("a host needs tcp, quic or both")
	}
	return libp2p.New(append(settings, libp2p.ListenAddrStrings(listen...))...)
}

// fullAddresses lists what the host listens on, each ending in /p2p/<its id>.
func fullAddresses(h host.Host) []string {
	addresses := make([]string, 0, len(h.Addrs()))
	for _, address := range h.Addrs() {
		addresses = append(addresses, fmt.Sprintf("%s/p2p/%s", address, h.ID()))
	}
	return addresses
}

// dial connects to a multiaddr that ends in /p2p/<id> and returns that id.
func dial(ctx context.Context, h host.Host, address string) (peer.ID, error) {
	target, err := multiaddr.NewMultiaddr(address)
	if err != nil {
		return "", fmt.Errorf("multiaddr: %w", err)
	}
	info, err := peer.AddrInfoFromP2pAddr(target)
	if err != nil {
		return "", fmt.Errorf("multiaddr: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	return info.ID, h.Connect(ctx, *info)
}

// transportOf names what a connection runs on: "quic" or "tcp".
func transportOf(conn network.Conn) string {
	if conn.ConnState().Transport == "quic-v1" {
		return "quic"
	}
	return "tcp"
}

// tcpPort is the port a host listens on over TCP.
func tcpPort(h host.Host) (uint16, error) {
	for _, address := range h.Addrs() {
		if text, err := address.ValueForProtocol(multiaddr.P_TCP); err == nil {
			port, err := strconv.ParseUint(text, 10, 16)
			return uint16(port), err
		}
	}
	return 0, errors.New("the host does not listen on tcp")
}

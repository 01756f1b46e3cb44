package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/bits"
	"net"
	"time"

	ethcrypto "github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/p2p/discover"
	"github.com/ethereum/go-ethereum/p2p/enode"
	"github.com/ethereum/go-ethereum/p2p/enr"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
)

// livenessInterval spaces the checks of the table, which answers with checked nodes only. Its 3 s are for the internet:
// fifty nodes of loopback are to know each other in a few seconds.
const livenessInterval = 100 * time.Millisecond

// refreshInterval spaces the lookups of a table's own, of 30 minutes by default: what a node missed when it started, it
// finds soon, and dozens of nodes do not keep a core busy.
const refreshInterval = 10 * time.Second

// answerTimeout is generous: dozens of nodes may ask one busy thread at the same time.
const answerTimeout = 2 * time.Second

// discoveryNodeArgs is one node as a test wants it.
type discoveryNodeArgs struct {
	// Address is its own IPv4 address of loopback, for UDP and TCP.
	Address string    `json:"address"`
	View    localView `json:"view"`
	// HidesTCP leaves the TCP port out of the record; the host listens all the same.
	HidesTCP bool `json:"hidesTcp"`
	recordFields
}

// recordFields are the consensus fields of a record, hex; "" leaves one out.
type recordFields struct {
	ETH2              string `json:"eth2"`
	NFD               string `json:"nfd"`
	Attnets           string `json:"attnets"`
	Syncnets          string `json:"syncnets"`
	CustodyGroupCount uint64 `json:"cgc"`
}

// set writes the fields that are given.
func (f recordFields) set(local *enode.LocalNode) error {
	texts := map[string]string{"eth2": f.ETH2, "nfd": f.NFD, "attnets": f.Attnets, "syncnets": f.Syncnets}
	for name, text := range texts {
		if text == "" {
			continue
		}
		value, err := hexDecode(text)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		local.Set(enr.WithEntry(name, value))
	}
	if f.CustodyGroupCount > 0 {
		local.Set(enr.WithEntry("cgc", bigEndian(f.CustodyGroupCount)))
	}
	return nil
}

// bigEndian is the shortest form: no leading zeros.
func bigEndian(value uint64) []byte {
	short := make([]byte, (bits.Len64(value)+7)/8)
	for i := range short {
		short[len(short)-1-i] = byte(value >> (8 * i))
	}
	return short
}

// discoveryNode is one node of discv5 and its libp2p host, under one key.
type discoveryNode struct {
	host host.Host
	udp  *discover.UDPv5
}

// foundEvent is a libp2p connection that somebody opened to one of the nodes.
type foundEvent struct {
	Event string `json:"event"`
	Node  string `json:"node"`
	Peer  string `json:"peer"`
	AtMs  int64  `json:"atMs"`
}

func startDiscoveryNode(
	ctx context.Context, args discoveryNodeArgs, bootnodes []*enode.Node, emit func(any),
) (*discoveryNode, error) {
	key, _, err := crypto.GenerateSecp256k1Key(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	h, err := newHost(hostOptions{TCP: true, Address: args.Address, key: key})
	if err != nil {
		return nil, err
	}
	newServer(args.View, func(any) {}).register(h)
	reportConnections(h, emit)
	if _, err := newGossip(ctx, h, gossipOptions{}, newMeshTracer()); err != nil {
		return nil, err
	}
	udp, err := listenDiscovery(h, key, args, bootnodes)
	if err != nil {
		return nil, err
	}
	return &discoveryNode{host: h, udp: udp}, nil
}

// reportConnections tells of connections that others open, and of their end.
func reportConnections(h host.Host, emit func(any)) {
	tell := func(event string, conn network.Conn) {
		if conn.Stat().Direction == network.DirInbound {
			emit(foundEvent{event, h.ID().String(), conn.RemotePeer().String(), time.Now().UnixMilli()})
		}
	}
	h.Network().Notify(&network.NotifyBundle{
		ConnectedF:    func(_ network.Network, conn network.Conn) { tell("found", conn) },
		DisconnectedF: func(_ network.Network, conn network.Conn) { tell("left", conn) },
	})
}

// listenDiscovery starts discv5 on the host's address, with the host's key and its TCP port in the record.
func listenDiscovery(
	h host.Host, key crypto.PrivKey, args discoveryNodeArgs, bootnodes []*enode.Node,
) (*discover.UDPv5, error) {
	raw, err := key.Raw()
	if err != nil {
		return nil, err
	}
	secret, err := ethcrypto.ToECDSA(raw)
	if err != nil {
		return nil, err
	}
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(args.Address)})
	if err != nil {
		return nil, err
	}
	db, err := enode.OpenDB("") // in memory
	if err != nil {
		return nil, err
	}
	local := enode.NewLocalNode(db, secret)
	bound := conn.LocalAddr().(*net.UDPAddr)
	local.SetStaticIP(bound.IP)
	local.SetFallbackUDP(bound.Port)
	if !args.HidesTCP {
		port, err := tcpPort(h)
		if err != nil {
			return nil, err
		}
		local.Set(enr.TCP(port))
	}
	if err := args.recordFields.set(local); err != nil {
		return nil, err
	}
	return discover.ListenV5(conn, local, discover.Config{
		PrivateKey:      secret,
		Bootnodes:       bootnodes,
		PingInterval:    livenessInterval,
		RefreshInterval: refreshInterval,
		V5RespTimeout:   answerTimeout,
	})
}

func (n *discoveryNode) name() startedNode {
	self := n.udp.Self()
	return startedNode{n.host.ID().String(), self.ID().String(), self.String()}
}

func (n *discoveryNode) state(about enode.ID) nodeState {
	found := nodeState{PeerID: n.host.ID().String()}
	for _, bucket := range n.udp.Nodes() {
		for _, entry := range bucket {
			found.TableSize++
			if entry.Live {
				found.Live++
			}
		}
	}
	if held := n.udp.GetNode(about); held != nil {
		found.Held = held.String()
	}
	return found
}

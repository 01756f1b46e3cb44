package main

import (
	"context"
	"fmt"
	"sync"

	"github.com/ethereum/go-ethereum/p2p/enode"
)

// discovery is many discv5 nodes of go-ethereum in one process, each with an address of its own and a libp2p host on it
// that answers what a consensus peer is asked. None of them dials anybody over libp2p: who connects found the record.
type discovery struct {
	emit func(any)

	mutex sync.Mutex
	nodes []*discoveryNode
}

func newDiscovery(emit func(any)) *discovery { return &discovery{emit: emit} }

func (d *discovery) handlers() map[string]handler {
	return map[string]handler{
		"discoveryStart":  typed(d.start),
		"discoveryState":  typed(d.state),
		"discoveryAsk":    typed(d.ask),
		"discoveryRecord": typed(d.record),
	}
}

type discoveryStartArgs struct {
	Nodes []discoveryNodeArgs `json:"nodes"`
	// Bootnodes are records, "enr:…", known to all nodes; without any, the first node started is the others'.
	Bootnodes []string `json:"bootnodes"`
}

// startedNode names a node that runs.
type startedNode struct {
	PeerID string `json:"peerId"`
	NodeID string `json:"nodeId"`
	ENR    string `json:"enr"`
}

// start adds nodes to the network and answers their names in the order given.
func (d *discovery) start(ctx context.Context, args discoveryStartArgs) (any, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	bootnodes := make([]*enode.Node, 0, len(args.Bootnodes)+1)
	for _, text := range args.Bootnodes {
		known, err := enode.Parse(enode.ValidSchemes, text)
		if err != nil {
			return nil, fmt.Errorf("bootnode %s: %w", text, err)
		}
		bootnodes = append(bootnodes, known)
	}
	started := make([]startedNode, 0, len(args.Nodes))
	for i, wanted := range args.Nodes {
		node, err := startDiscoveryNode(ctx, wanted, bootnodes, d.emit)
		if err != nil {
			return nil, fmt.Errorf("node %d: %w", i, err)
		}
		if len(bootnodes) == 0 {
			bootnodes = append(bootnodes, node.udp.Self())
		}
		d.nodes = append(d.nodes, node)
		started = append(started, node.name())
	}
	return started, nil
}

// nodeState is what one node knows.
type nodeState struct {
	PeerID string `json:"peerId"`
	// TableSize counts the nodes of its routing table, Live those of them that answered a check.
	TableSize int `json:"tableSize"`
	Live      int `json:"live"`
	// Held is the record it has of the node asked about, "" when that is not in its table.
	Held string `json:"held"`
}

// state answers what each node knows, and which record it holds of one node id.
func (d *discovery) state(_ context.Context, args struct {
	NodeID string `json:"nodeId"`
}) (any, error) {
	var about enode.ID
	if args.NodeID != "" {
		parsed, err := enode.ParseID(args.NodeID)
		if err != nil {
			return nil, err
		}
		about = parsed
	}
	nodes := d.all()
	states := make([]nodeState, len(nodes))
	for i, node := range nodes {
		states[i] = node.state(about)
	}
	return states, nil
}

// askedRecord is what one node was told when it asked for a record.
type askedRecord struct {
	PeerID string `json:"peerId"`
	ENR    string `json:"enr"`
	Error  string `json:"error"`
}

// ask makes every node request the record of a node from that node itself.
func (d *discovery) ask(_ context.Context, args struct {
	ENR string `json:"enr"`
}) (any, error) {
	target, err := enode.Parse(enode.ValidSchemes, args.ENR)
	if err != nil {
		return nil, err
	}
	nodes := d.all()
	answers := make([]askedRecord, len(nodes))
	var asking sync.WaitGroup
	for i, node := range nodes {
		asking.Go(func() {
			answers[i].PeerID = node.host.ID().String()
			told, err := node.udp.RequestENR(target)
			if err != nil {
				answers[i].Error = err.Error()
				return
			}
			answers[i].ENR = told.String()
		})
	}
	asking.Wait()
	return answers, nil
}

// record changes the record of one node, as at a fork, and answers the new one.
func (d *discovery) record(_ context.Context, args struct {
	PeerID string `json:"peerId"`
	recordFields
}) (any, error) {
	for _, node := range d.all() {
		if node.host.ID().String() != args.PeerID {
			continue
		}
		if err := args.recordFields.set(node.udp.LocalNode()); err != nil {
			return nil, err
		}
		return node.name(), nil
	}
	return nil, fmt.Errorf("no such node: %s", args.PeerID)
}

func (d *discovery) all() []*discoveryNode {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return append([]*discoveryNode(nil), d.nodes...)
}

package main

import (
	"sort"
	"sync"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

// meshTracer follows who is in the mesh of which topic, from pubsub's trace callbacks. pubsub calls it from one
// goroutine; the mutex is for readers.
type meshTracer struct {
	mutex   sync.Mutex
	members map[string]map[peer.ID]struct{}
	// onChange is told of each GRAFT and PRUNE, whichever side began it.
	onChange func(kind string, topic string, id peer.ID)
	// onUnwanted is told of the ids of each IDONTWANT that comes in.
	onUnwanted func(from peer.ID, ids []string)
	// onDuplicate counts copies that came after the first.
	onDuplicate func()
	// onDeliver sees each message that was new.
	onDeliver func(message *pubsub.Message)
}

func newMeshTracer() *meshTracer {
	return &meshTracer{
		members:     map[string]map[peer.ID]struct{}{},
		onChange:    func(string, string, peer.ID) {},
		onUnwanted:  func(peer.ID, []string) {},
		onDuplicate: func() {},
		onDeliver:   func(*pubsub.Message) {},
	}
}

// peersOf lists the mesh of a topic, sorted.
func (t *meshTracer) peersOf(topic string) []string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	ids := make([]string, 0, len(t.members[topic]))
	for id := range t.members[topic] {
		ids = append(ids, id.String())
	}
	sort.Strings(ids)
	return ids
}

// Graft is called when a peer enters a mesh, on our wish or its own.
func (t *meshTracer) Graft(id peer.ID, topic string) {
	t.mutex.Lock()
	if t.members[topic] == nil {
		t.members[topic] = map[peer.ID]struct{}{}
	}
	t.members[topic][id] = struct{}{}
	t.mutex.Unlock()
	t.onChange("graft", topic, id)
}

// Prune is called when a peer leaves a mesh, on our wish or its own.
func (t *meshTracer) Prune(id peer.ID, topic string) {
	t.mutex.Lock()
	delete(t.members[topic], id)
	t.mutex.Unlock()
	t.onChange("prune", topic, id)
}

// OnClosedOutboundStream is called when a peer is gone: pubsub then drops it from every mesh without a Prune.
func (t *meshTracer) OnClosedOutboundStream(id peer.ID) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for _, members := range t.members {
		delete(members, id)
	}
}

// Leave is called when we leave a topic.
func (t *meshTracer) Leave(topic string) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	delete(t.members, topic)
}

// DeliverMessage is called once for each new message.
func (t *meshTracer) DeliverMessage(message *pubsub.Message) { t.onDeliver(message) }

// DuplicateMessage is called for each further copy.
func (t *meshTracer) DuplicateMessage(*pubsub.Message) { t.onDuplicate() }

// RecvRPC is called for each RPC that comes in.
func (t *meshTracer) RecvRPC(rpc *pubsub.RPC) {
	for _, unwanted := range rpc.GetControl().GetIdontwant() {
		t.onUnwanted(rpc.From(), unwanted.GetMessageIDs())
	}
}

// The rest of pubsub.RawTracer is of no use here.

func (t *meshTracer) OnNewOutboundStream(peer.ID, protocol.ID) {}
func (t *meshTracer) Join(string)                              {}
func (t *meshTracer) ValidateMessage(*pubsub.Message)          {}
func (t *meshTracer) RejectMessage(*pubsub.Message, string)    {}
func (t *meshTracer) ThrottlePeer(peer.ID)                     {}
func (t *meshTracer) SendRPC(*pubsub.RPC, peer.ID)             {}
func (t *meshTracer) DropRPC(*pubsub.RPC, peer.ID)             {}
func (t *meshTracer) UndeliverableMessage(*pubsub.Message)     {}

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/golang/snappy"
	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
)

// gossipOptions are the mesh sizes; a zero takes the consensus default.
type gossipOptions struct {
	D     int `json:"d"`
	DLow  int `json:"dLow"`
	DHigh int `json:"dHigh"`
	// QueueSize bounds the RPCs waiting for one peer, and the messages waiting for validation.
	QueueSize int `json:"queueSize"`

	// direct are peers that everything is forwarded to and that are in no mesh.
	direct []peer.AddrInfo
	// messageID, unless nil, knows ids without working them out again.
	messageID pubsub.MsgIdFunction
}

// Defaults of the phase 0 networking specification, "Gossipsub parameters"; the queue size is Prysm's.
const (
	defaultD          = 8
	defaultDLow       = 6
	defaultDHigh      = 12
	heartbeatInterval = 700 * time.Millisecond
	seenTTL           = 2 * 32 * 12 * time.Second
	historyLength     = 6
	defaultQueueSize  = 600
)

func orDefault(value, fallback int) int {
	if value == 0 {
		return fallback
	}
	return value
}

// newGossip starts gossipsub with the parameters every consensus client uses: StrictNoSign, ids over the decompressed
// payload, 0.7 s heartbeat.
func newGossip(ctx context.Context, h host.Host, options gossipOptions, tracer pubsub.RawTracer) (*pubsub.PubSub, error) {
	params := pubsub.DefaultGossipSubParams()
	params.D = orDefault(options.D, defaultD)
	params.Dlo = orDefault(options.DLow, defaultDLow)
	params.Dhi = orDefault(options.DHigh, defaultDHigh)
	params.HeartbeatInterval = heartbeatInterval
	params.HistoryLength = historyLength
	queueSize := orDefault(options.QueueSize, defaultQueueSize)
	idOf := options.messageID
	if idOf == nil {
		idOf = pubsubMessageID
	}
	settings := []pubsub.Option{
		pubsub.WithGossipSubParams(params),
		pubsub.WithMessageSignaturePolicy(pubsub.StrictNoSign),
		pubsub.WithNoAuthor(),
		pubsub.WithMessageIdFn(idOf),
		pubsub.WithMaxMessageSize(maxRPCBytes),
		pubsub.WithSeenMessagesTTL(seenTTL),
		pubsub.WithPeerOutboundQueueSize(queueSize),
		pubsub.WithValidateQueueSize(queueSize),
		pubsub.WithRawTracer(tracer),
	}
	if len(options.direct) > 0 {
		settings = append(settings, pubsub.WithDirectPeers(options.direct))
	}
	return pubsub.NewGossipSub(ctx, h, settings...)
}

// messageEvent is one message as it came in from another peer.
type messageEvent struct {
	Event string `json:"event"`
	Topic string `json:"topic"`
	ID    string `json:"id"`
	From  string `json:"from"`
	// SizeBytes counts the compressed bytes, SSZBytes the decompressed ones; SSZBytes is -1 for bad snappy.
	SizeBytes    int    `json:"sizeBytes"`
	SSZBytes     int    `json:"sszBytes"`
	DataSHA256   string `json:"dataSha256"`
	ReceivedAtNs string `json:"receivedAtNs"`
}

// publishedMessage says what went out, so that a test can compare it with what arrives.
type publishedMessage struct {
	ID         string `json:"id"`
	SizeBytes  int    `json:"sizeBytes"`
	SSZBytes   int    `json:"sszBytes"`
	DataSHA256 string `json:"dataSha256"`
}

// subscription is one joined topic.
type subscription struct {
	topic  *pubsub.Topic
	inbox  *pubsub.Subscription
	cancel context.CancelFunc
}

// gossip is a peer's pubsub with its subscriptions, reporting what arrives.
type gossip struct {
	self   host.Host
	pubsub *pubsub.PubSub
	emit   func(any)

	mutex  sync.Mutex
	topics map[string]*subscription
}

func (g *gossip) subscribe(name string) error {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if _, joined := g.topics[name]; joined {
		return nil
	}
	topic, err := g.pubsub.Join(name)
	if err != nil {
		return err
	}
	inbox, err := topic.Subscribe(pubsub.WithBufferSize(1024))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	g.topics[name] = &subscription{topic: topic, inbox: inbox, cancel: cancel}
	go g.report(ctx, inbox)
	return nil
}

func (g *gossip) leave(name string) error {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	joined, ok := g.topics[name]
	if !ok {
		return fmt.Errorf("not subscribed to %s", name)
	}
	delete(g.topics, name)
	joined.cancel()
	joined.inbox.Cancel()
	return joined.topic.Close()
}

// report hands every message from another peer to emit until the subscription ends.
func (g *gossip) report(ctx context.Context, inbox *pubsub.Subscription) {
	for {
		message, err := inbox.Next(ctx)
		if err != nil {
			return
		}
		if message.ReceivedFrom == g.self.ID() {
			continue
		}
		g.emit(describe(message, time.Now()))
	}
}

func describe(message *pubsub.Message, at time.Time) messageEvent {
	sszBytes := -1
	if ssz, ok := decompress(message.GetData()); ok {
		sszBytes = len(ssz)
	}
	digest := sha256.Sum256(message.GetData())
	return messageEvent{
		Event:        "message",
		Topic:        message.GetTopic(),
		ID:           hex.EncodeToString([]byte(message.ID)),
		From:         message.ReceivedFrom.String(),
		SizeBytes:    len(message.GetData()),
		SSZBytes:     sszBytes,
		DataSHA256:   hex.EncodeToString(digest[:]),
		ReceivedAtNs: strconv.FormatInt(at.UnixNano(), 10),
	}
}

// publish compresses ssz and publishes it on a topic it joined.
func (g *gossip) publish(ctx context.Context, name string, ssz []byte) (publishedMessage, error) {
	return g.publishRaw(ctx, name, snappy.Encode(nil, ssz), len(ssz))
}

// publishRaw publishes bytes as they are: bad snappy, for one.
func (g *gossip) publishRaw(ctx context.Context, name string, data []byte, sszBytes int) (publishedMessage, error) {
	g.mutex.Lock()
	joined, ok := g.topics[name]
	g.mutex.Unlock()
	if !ok {
		return publishedMessage{}, fmt.Errorf("not subscribed to %s", name)
	}
	if err := joined.topic.Publish(ctx, data); err != nil {
		return publishedMessage{}, err
	}
	digest := sha256.Sum256(data)
	return publishedMessage{
		ID:         hex.EncodeToString([]byte(messageID(name, data))),
		SizeBytes:  len(data),
		SSZBytes:   sszBytes,
		DataSHA256: hex.EncodeToString(digest[:]),
	}, nil
}

package main

import (
	"context"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/host"
)

// forward relays every topic: StrictNoSign, nothing validated, nothing delivered here. IDONTWANT stays
// at the library's own threshold.
func forward(ctx context.Context, h host.Host, options options) error {
	router, err := pubsub.NewGossipSub(ctx, h,
		pubsub.WithGossipSubParams(gossipParams(options)),
		pubsub.WithMessageSignaturePolicy(pubsub.StrictNoSign),
		pubsub.WithNoAuthor(),
		pubsub.WithFloodPublish(false),
		pubsub.WithMessageIdFn(messageID),
		pubsub.WithMaxMessageSize(options.maxRPCBytes),
		pubsub.WithSeenMessagesTTL(options.seenTTL),
		pubsub.WithPeerOutboundQueueSize(options.queueLength),
		pubsub.WithValidateQueueSize(options.queueLength),
	)
	if err != nil {
		return err
	}
	for _, name := range options.topics {
		topic, err := router.Join(name)
		if err != nil {
			return err
		}
		if _, err := topic.Relay(); err != nil {
			return err
		}
	}
	return nil
}

func gossipParams(options options) pubsub.GossipSubParams {
	params := pubsub.DefaultGossipSubParams()
	params.D = options.d
	params.Dlo = options.dLow
	params.Dhi = options.dHigh
	params.Dout = options.dOut
	params.Dlazy = options.dLazy
	params.HeartbeatInterval = options.heartbeat
	params.HistoryLength = options.historyLength
	params.HistoryGossip = options.historyGossip
	return params
}

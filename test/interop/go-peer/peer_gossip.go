package main

import "context"

// The gossip commands of the controlled peer.

// topicsArg names topics in full.
type topicsArg struct {
	Topics []string `json:"topics"`
}

func (p *controlledPeer) subscribe(_ context.Context, args topicsArg) (any, error) {
	for _, topic := range args.Topics {
		if err := p.gossip.subscribe(topic); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// topicArg names a topic in full.
type topicArg struct {
	Topic string `json:"topic"`
}

func (p *controlledPeer) leave(_ context.Context, args topicArg) (any, error) {
	return nil, p.gossip.leave(args.Topic)
}

func (p *controlledPeer) meshOf(_ context.Context, args topicArg) (any, error) {
	return p.mesh.peersOf(args.Topic), nil
}

// publishArgs says what to publish: SSZ as hex, bytes that are sent as they are, or a made-up payload.
type publishArgs struct {
	topicArg
	SSZ   string       `json:"ssz"`
	Raw   string       `json:"raw"`
	Shape payloadShape `json:"shape"`
	Slot  uint64       `json:"slot"`
}

func (p *controlledPeer) publish(ctx context.Context, args publishArgs) (any, error) {
	if args.Raw != "" {
		data, err := hexDecode(args.Raw)
		if err != nil {
			return nil, err
		}
		return p.gossip.publishRaw(ctx, args.Topic, data, -1)
	}
	if err := args.Shape.check(); err != nil {
		return nil, err
	}
	ssz, err := hexDecode(args.SSZ)
	if err != nil {
		return nil, err
	}
	if args.SSZ == "" {
		ssz = newPayloadSource(args.Shape).next(moment{topic: args.Topic, slot: args.Slot})
	}
	return p.gossip.publish(ctx, args.Topic, ssz)
}

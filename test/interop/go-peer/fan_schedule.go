package main

import (
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/golang/snappy"
)

// fanStream is one kind of message, spread over its topics in turn: at a steady rate, or so many in each slot, at times
// drawn evenly from a part of it.
type fanStream struct {
	Name          string       `json:"name"`
	Topics        []string     `json:"topics"`
	Shape         payloadShape `json:"shape"`
	RatePerSecond float64      `json:"ratePerSecond"`
	// PerSlot, when not zero, takes the place of the rate: on average so many messages a slot.
	PerSlot float64 `json:"perSlot"`
	FromMs  float64 `json:"fromMs"`
	OverMs  float64 `json:"overMs"`
}

type fanRunArgs struct {
	Streams []fanStream `json:"streams"`
	Seconds float64     `json:"seconds"`
	// DrainMs is how long to wait for what is still in flight once nothing has arrived for so long.
	DrainMs int `json:"drainMs"`
	// GenesisMs and SlotMs date the payloads that carry a slot.
	GenesisMs int64 `json:"genesisMs"`
	SlotMs    int64 `json:"slotMs"`
	// RhythmMs is the slot of the perSlot streams, counted from genesis; 0 is SlotMs.
	RhythmMs int64 `json:"rhythmMs"`
	// Copies is how many senders of its topic send each message, the first at once, the others within SpreadMs.
	Copies   int     `json:"copies"`
	SpreadMs float64 `json:"spreadMs"`
	// UnwantedDelayMs is how long an IDONTWANT takes to be heeded, as over a real link; 0 is as it comes on loopback.
	UnwantedDelayMs float64 `json:"unwantedDelayMs"`
}

func (args fanRunArgs) check(topics map[string]*fanTopic) error {
	for _, stream := range args.Streams {
		if len(stream.Topics) == 0 || (stream.RatePerSecond <= 0 && stream.PerSlot <= 0) {
			return fmt.Errorf("stream %s needs topics and a rate", stream.Name)
		}
		if err := stream.Shape.check(); err != nil {
			return fmt.Errorf("stream %s: %w", stream.Name, err)
		}
		if stream.PerSlot > 0 && args.rhythm() <= 0 {
			return errors.New("streams with a rhythm need the length of a slot")
		}
		for _, name := range stream.Topics {
			topic := topics[name]
			if topic == nil {
				return fmt.Errorf("not connected with topic %s", name)
			}
			if args.Copies < 1 || args.Copies > len(topic.senders) {
				return fmt.Errorf("%d copies of a message need as many senders, there are %d", args.Copies, len(topic.senders))
			}
		}
	}
	return nil
}

func (args fanRunArgs) rhythm() time.Duration {
	slotMs := args.RhythmMs
	if slotMs == 0 {
		slotMs = args.SlotMs
	}
	return time.Duration(slotMs) * time.Millisecond
}

func (args fanRunArgs) duration() time.Duration {
	return time.Duration(args.Seconds * float64(time.Second))
}

// momentAt is the slot by the wall clock; slot 0 without a slot duration or before genesis.
func (args fanRunArgs) momentAt(topic string, at time.Time) moment {
	return momentAt(loadRunArgs{GenesisMs: args.GenesisMs, SlotMs: args.SlotMs}, topic, at.UnixMilli())
}

// dueTimes are the moments of a stream's messages after the run's start, in order.
func (stream fanStream) dueTimes(args fanRunArgs, startedAt time.Time) iter.Seq[time.Duration] {
	if stream.PerSlot > 0 {
		return stream.rhythmicTimes(args, startedAt)
	}
	return func(yield func(time.Duration) bool) {
		for i := range int(stream.RatePerSecond*args.Seconds + 0.5) {
			if !yield(time.Duration(float64(i) / stream.RatePerSecond * float64(time.Second))) {
				return
			}
		}
	}
}

// rhythmicTimes begins in the middle of a slot when the run does, and ends as it does. The same slot has the same times
// in every run: what is compared is the relay, not the draw.
func (stream fanStream) rhythmicTimes(args fanRunArgs, startedAt time.Time) iter.Seq[time.Duration] {
	rhythm := args.rhythm()
	sinceGenesis := startedAt.Sub(time.UnixMilli(args.GenesisMs))
	first := int64(math.Floor(float64(sinceGenesis) / float64(rhythm)))
	return func(yield func(time.Duration) bool) {
		for slot := first; ; slot++ {
			slotStart := time.Duration(slot)*rhythm - sinceGenesis
			if slotStart >= args.duration() {
				return
			}
			for _, offset := range stream.slotTimes(slot - first) {
				due := slotStart + offset
				if due >= 0 && due < args.duration() && !yield(due) {
					return
				}
			}
		}
	}
}

// slotTimes draws the moments of one slot, by the how many-th slot of the run it is.
func (stream fanStream) slotTimes(nth int64) []time.Duration {
	count := int(math.Floor(float64(nth+1)*stream.PerSlot) - math.Floor(float64(nth)*stream.PerSlot))
	draw := rand.New(rand.NewPCG(uint64(nth), uint64(count)))
	times := make([]time.Duration, count)
	for i := range times {
		times[i] = time.Duration((stream.FromMs + draw.Float64()*stream.OverMs) * float64(time.Millisecond))
	}
	slices.Sort(times)
	return times
}

// fanMessage is a message ready to be sent.
type fanMessage struct {
	due       time.Duration
	topic     *fanTopic
	framed    []byte
	wireBytes int
	hash      uint64
	// id is "" for messages too short for an IDONTWANT.
	id string
}

// madeAheadBytes is how much of a stream is made before it is due: a burst is ready when it begins.
const madeAheadBytes = 2 * 1024 * 1024

// make makes the stream's messages ahead of their time and ends the channel after the last.
func (f *fan) make(stream fanStream, args fanRunArgs, startedAt time.Time) <-chan fanMessage {
	source := newPayloadSource(stream.Shape)
	eachBytes := source.sizeBytes() + len(stream.Topics[0]) + 64
	ready := make(chan fanMessage, max(1, madeAheadBytes/eachBytes))
	go func() {
		defer close(ready)
		var scratch []byte
		nth := 0
		for due := range stream.dueTimes(args, startedAt) {
			topic := f.topics[stream.Topics[nth%len(stream.Topics)]]
			scratch = snappy.Encode(scratch[:cap(scratch)], source.next(args.momentAt(topic.name, startedAt.Add(due))))
			framed, data := publishFrame(topic.name, scratch)
			made := fanMessage{due: due, topic: topic, framed: framed, wireBytes: len(data)}
			made.hash = maphash.Bytes(f.flights.seed, data)
			if len(data) >= shortestUnwanted {
				made.id = messageID(topic.name, data)
			}
			ready <- made
			nth++
		}
	}()
	return ready
}

package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/golang/snappy"
	pubsub "github.com/libp2p/go-libp2p-pubsub"
)

// flight is a published message that not every receiver has yet.
type flight struct {
	publishedAt time.Time
	remaining   int
	into        *tally
}

// tally is what is counted of one stream. flights.mutex guards it.
type tally struct {
	name        string
	published   int
	expected    int
	wireBytes   int
	latenciesUs []uint32
	maxLag      time.Duration
}

// flights follows messages from publish to arrival. A message leaves it with its last arrival, or with the end of the
// drain: what is in it is bounded by what was published in one run.
type flights struct {
	mutex      sync.Mutex
	byID       map[string]*flight
	lastLanded time.Time
	duplicates int
}

func newFlights() *flights { return &flights{byID: map[string]*flight{}} }

// launch publishes ssz. The clock starts before pubsub gets the message and after it is compressed.
func (f *flights) launch(
	ctx context.Context, to *pubsub.Topic, name string, ssz []byte, receivers int, into *tally, due time.Time,
) error {
	if to == nil {
		return fmt.Errorf("not connected with topic %s", name)
	}
	data := snappy.Encode(nil, ssz)
	id := messageID(name, data)
	now := time.Now()
	f.mutex.Lock()
	f.byID[id] = &flight{publishedAt: now, remaining: receivers, into: into}
	into.published++
	into.expected += receivers
	into.wireBytes += len(data)
	into.maxLag = max(into.maxLag, now.Sub(due))
	f.mutex.Unlock()
	return to.Publish(ctx, data)
}

// land counts an arrival at one receiver.
func (f *flights) land(message *pubsub.Message) {
	now := time.Now()
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.lastLanded = now
	followed, ok := f.byID[message.ID]
	if !ok {
		return
	}
	followed.into.latenciesUs = append(followed.into.latenciesUs, uint32(now.Sub(followed.publishedAt).Microseconds()))
	followed.remaining--
	if followed.remaining == 0 {
		delete(f.byID, message.ID)
	}
}

func (f *flights) duplicate() {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.duplicates++
}

// drain waits until everything has landed, or nothing has for quiet, and then forgets the rest.
func (f *flights) drain(quiet time.Duration) {
	started := time.Now()
	for {
		f.mutex.Lock()
		last := f.lastLanded
		if last.Before(started) {
			last = started
		}
		if len(f.byID) == 0 || time.Since(last) > quiet {
			clear(f.byID)
			f.mutex.Unlock()
			return
		}
		f.mutex.Unlock()
		time.Sleep(5 * time.Millisecond)
	}
}

// streamSummary is what one stream did in one run. Latencies are from publish to arrival, over all receivers.
type streamSummary struct {
	Name      string `json:"name"`
	Published int    `json:"published"`
	Expected  int    `json:"expected"`
	Delivered int    `json:"delivered"`
	// WireBytes is the mean compressed size.
	WireBytes int     `json:"wireBytes"`
	P50Ms     float64 `json:"p50Ms"`
	P90Ms     float64 `json:"p90Ms"`
	P99Ms     float64 `json:"p99Ms"`
	MaxMs     float64 `json:"maxMs"`
	// MaxLagMs is the generator's own worst delay behind its schedule: a large one discredits the run.
	MaxLagMs float64 `json:"maxLagMs"`
	// Duplicates counts copies after the first, over all streams since the start.
	Duplicates int `json:"duplicates"`
}

func (f *flights) summary(counted *tally) streamSummary {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	slices.Sort(counted.latenciesUs)
	summary := streamSummary{
		Name:       counted.name,
		Published:  counted.published,
		Expected:   counted.expected,
		Delivered:  len(counted.latenciesUs),
		P50Ms:      percentileMs(counted.latenciesUs, 0.50),
		P90Ms:      percentileMs(counted.latenciesUs, 0.90),
		P99Ms:      percentileMs(counted.latenciesUs, 0.99),
		MaxMs:      percentileMs(counted.latenciesUs, 1),
		MaxLagMs:   float64(counted.maxLag.Microseconds()) / 1000,
		Duplicates: f.duplicates,
	}
	if counted.published > 0 {
		summary.WireBytes = counted.wireBytes / counted.published
	}
	return summary
}

// percentileMs is the nearest-rank percentile of sorted microseconds, in ms; 0 of nothing.
func percentileMs(sortedUs []uint32, fraction float64) float64 {
	if len(sortedUs) == 0 {
		return 0
	}
	rank := int(fraction*float64(len(sortedUs))+0.999999) - 1
	return float64(sortedUs[min(max(rank, 0), len(sortedUs)-1)]) / 1000
}

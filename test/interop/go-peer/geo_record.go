package main

import (
	"math"
	"slices"
	"sync"
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
)

// geoBlock is one published block and who has it.
type geoBlock struct {
	publisher   int
	slot        uint64
	publishedAt time.Time
	// dueAtDefaults and dueAtRelay are when the network would bring it, zero when it would not.
	dueAtDefaults []time.Duration
	dueAtRelay    time.Duration
	// atDefaults and atTap are zero until it is there.
	atDefaults []time.Duration
	atTap      time.Duration
	// served counts the relay's peers that had it from the relay before the network brought it.
	served int
}

// isLanded says whether all have it.
func (b *geoBlock) isLanded() bool { return !slices.Contains(b.atDefaults, 0) && b.atTap > 0 }

// middle is the median of times of which a zero is never; zero when that is never.
func middle(times []time.Duration) time.Duration {
	sorted := slices.Clone(times)
	for i, after := range sorted {
		if after == 0 {
			sorted[i] = math.MaxInt64
		}
	}
	slices.Sort(sorted)
	if found := sorted[len(sorted)/2]; found != math.MaxInt64 {
		return found
	}
	return 0
}

// geoRecord follows the blocks of one run. It is bounded by their number.
type geoRecord struct {
	mutex  sync.Mutex
	blocks []*geoBlock
	byID   map[string]*geoBlock
}

func newGeoRecord() *geoRecord { return &geoRecord{byID: map[string]*geoBlock{}} }

// begin forgets the blocks of the run before.
func (r *geoRecord) begin() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.blocks = nil
	clear(r.byID)
}

// publish starts the block's clock, and answers when.
func (r *geoRecord) publish(id string, block *geoBlock) time.Time {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	block.publishedAt = time.Now()
	r.blocks = append(r.blocks, block)
	r.byID[id] = block
	return block.publishedAt
}

type geoNote = func(block *geoBlock, after time.Duration)

// receivedBy notes what a router delivers.
func receivedBy(record *geoRecord, note geoNote) func(*pubsub.Message) {
	return func(message *pubsub.Message) { record.land(message.ID, note) }
}

// land notes that a block came, whole and new, at the place that note is of.
func (r *geoRecord) land(id string, note func(block *geoBlock, after time.Duration)) {
	now := time.Now()
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if block, known := r.byID[id]; known {
		note(block, now.Sub(block.publishedAt))
	}
}

// drain waits until all have every block, or the time is up.
func (r *geoRecord) drain(timeout time.Duration) {
	deadline := time.Now().Add(timeout)
	for !r.isLanded() && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
}

func (r *geoRecord) isLanded() bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for _, block := range r.blocks {
		if !block.isLanded() {
			return false
		}
	}
	return true
}

// geoArrival is what a run tells of a block; times are ms since it was published, null where it never came.
type geoArrival struct {
	// Publisher is an index into the publishers of geoStart.
	Publisher       int     `json:"publisher"`
	Slot            uint64  `json:"slot"`
	PublishedUnixMs float64 `json:"publishedUnixMs"`
	// DefaultDueMs and RelayDueMs are when the first copy would be there if only the network took time. Of the default nodes
	// the middle one counts, here and in DefaultMs.
	DefaultDueMs *float64 `json:"defaultDueMs"`
	RelayDueMs   *float64 `json:"relayDueMs"`
	DefaultMs    *float64 `json:"defaultMs"`
	TapMs        *float64 `json:"tapMs"`
	// Served counts the relay's peers that had it from the relay before the network brought it.
	Served int `json:"served"`
}

func (r *geoRecord) arrivals() []geoArrival {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	arrivals := make([]geoArrival, len(r.blocks))
	for i, block := range r.blocks {
		arrivals[i] = geoArrival{
			Publisher:       block.publisher,
			Slot:            block.slot,
			PublishedUnixMs: float64(block.publishedAt.UnixMicro()) / 1000,
			DefaultDueMs:    landedMs(middle(block.dueAtDefaults)),
			RelayDueMs:      landedMs(block.dueAtRelay),
			DefaultMs:       landedMs(middle(block.atDefaults)),
			TapMs:           landedMs(block.atTap),
			Served:          block.served,
		}
	}
	return arrivals
}

// landedMs is nil for what never landed.
func landedMs(after time.Duration) *float64 {
	if after == 0 {
		return nil
	}
	ms := float64(after.Microseconds()) / 1000
	return &ms
}

package main

import (
	"sync"
	"time"
)

// geoBlock is one published block and who has it.
type geoBlock struct {
	publisher   int
	slot        uint64
	publishedAt time.Time
	// atDefault and atTap are zero until it is there.
	atDefault, atTap time.Duration
	// reached counts nodes.
	reached int
}

// isLanded says whether everybody has it.
func (b *geoBlock) isLanded(nodes int) bool {
	return b.atDefault > 0 && b.atTap > 0 && b.reached == nodes
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

// publish starts the block's clock.
func (r *geoRecord) publish(id string, publisher int, slot uint64) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	block := &geoBlock{publisher: publisher, slot: slot, publishedAt: time.Now()}
	r.blocks = append(r.blocks, block)
	r.byID[id] = block
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

// drain waits until everybody has every block, or the time is up.
func (r *geoRecord) drain(nodes int, timeout time.Duration) {
	deadline := time.Now().Add(timeout)
	for !r.isLanded(nodes) && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
}

func (r *geoRecord) isLanded(nodes int) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for _, block := range r.blocks {
		if !block.isLanded(nodes) {
			return false
		}
	}
	return true
}

// geoArrival is what a run tells of a block; times are ms since it was published, null where it never came.
type geoArrival struct {
	// Publisher is an index into the publishers of geoStart.
	Publisher       int      `json:"publisher"`
	Slot            uint64   `json:"slot"`
	PublishedUnixMs float64  `json:"publishedUnixMs"`
	DefaultMs       *float64 `json:"defaultMs"`
	TapMs           *float64 `json:"tapMs"`
	// Reached counts the nodes that had it when the run ended.
	Reached int `json:"reached"`
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
			DefaultMs:       landedMs(block.atDefault),
			TapMs:           landedMs(block.atTap),
			Reached:         block.reached,
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

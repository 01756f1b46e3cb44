package main

import (
	"container/heap"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// startLead is how long a run's first messages have to be made before they are due.
const startLead = 100 * time.Millisecond

// fanSummary is what one stream did in one run. Latencies are from handing a message to its first sender, which writes
// it at once unless the relay keeps it waiting, to its arrival at a sink.
type fanSummary struct {
	streamSummary
	// ToSenders counts copies the relay sent to peers that sent the message themselves, ToOthers those to peers that were
	// in no mesh as far as we knew.
	ToSenders int `json:"toSenders"`
	ToOthers  int `json:"toOthers"`
	// CopiesSent is what all senders wrote, Withheld the copies an IDONTWANT saved, WithheldBytes their frames.
	CopiesSent    int `json:"copiesSent"`
	Withheld      int `json:"withheld"`
	WithheldBytes int `json:"withheldBytes"`
}

// streamRun is one stream of a run under way, driven by one goroutine.
type streamRun struct {
	fan       *fan
	index     int
	args      fanRunArgs
	startedAt time.Duration
	copies    copyHeap

	published, expected, wireBytes int
	maxLag                         time.Duration
}

// run sends all streams for the given time, waits for the last arrivals and returns one summary a stream.
func (f *fan) run(_ context.Context, args fanRunArgs) (any, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if len(f.peers) == 0 {
		return nil, errors.New("not connected")
	}
	if err := args.check(f.topics); err != nil {
		return nil, err
	}
	f.begin(args)
	startedAt := time.Now().Add(startLead)
	runs := make([]*streamRun, len(args.Streams))
	var streams sync.WaitGroup
	for i, stream := range args.Streams {
		runs[i] = &streamRun{fan: f, index: i, args: args, startedAt: startedAt.Sub(f.epoch)}
		ready := f.make(stream, args, startedAt)
		streams.Go(func() { runs[i].send(ready) })
	}
	streams.Wait()
	f.drain(runs, time.Duration(args.DrainMs)*time.Millisecond)
	missing, _ := f.missingLinks()
	summaries := f.end(args, runs)
	return map[string]any{"streams": summaries, "missingMeshLinks": missing, "strays": f.strays.Load()}, nil
}

func (f *fan) begin(args fanRunArgs) {
	f.flights.forget()
	f.strays.Store(0)
	f.unwantedDelay.Store(int64(args.UnwantedDelayMs * float64(time.Millisecond)))
	for _, one := range f.peers {
		one.mutex.Lock()
		one.counts = make([]fanCounts, len(args.Streams))
		one.mutex.Unlock()
	}
}

// send hands out the stream's messages and their later copies at fixed times: a late one does not push the next back.
func (r *streamRun) send(ready <-chan fanMessage) {
	next, open := <-ready
	for open || len(r.copies) > 0 {
		if len(r.copies) > 0 && (!open || r.copies[0].due < next.due) {
			late := heap.Pop(&r.copies).(lateCopy)
			r.sleepUntil(late.due)
			late.sender.queue <- late.outgoing
			continue
		}
		r.sleepUntil(next.due)
		r.launch(next)
		next, open = <-ready
	}
}

// sleepUntil waits for a moment of the run and notes how late it is then.
func (r *streamRun) sleepUntil(due time.Duration) {
	time.Sleep(r.startedAt + due - r.fan.now())
	r.maxLag = max(r.maxLag, r.fan.now()-r.startedAt-due)
}

// launch hands a message to its first sender and schedules the copies of the others.
func (r *streamRun) launch(message fanMessage) {
	topic := message.topic
	flight := &fanFlight{stream: r.index, topic: topic.name, expected: topic.meshedSinks()}
	chosen := rand.IntN(len(topic.senders))
	senders := make([]*fanPeer, r.args.Copies)
	for i := range senders {
		senders[i] = topic.senders[(chosen+i)%len(topic.senders)]
		flight.senders.add(senders[i].index)
	}
	r.published++
	r.expected += flight.expected.count()
	r.wireBytes += message.wireBytes
	flight.startedAt = r.fan.now()
	r.fan.flights.add(message.hash, message.id, flight)
	item := outgoing{message.framed, flight}
	senders[0].queue <- item
	for _, sender := range senders[1:] {
		delay := time.Duration(rand.Float64() * r.args.SpreadMs * float64(time.Millisecond))
		heap.Push(&r.copies, lateCopy{item, sender, message.due + delay})
	}
}

// drain waits until everything has landed, or nothing has for quiet.
func (f *fan) drain(runs []*streamRun, quiet time.Duration) {
	expected := int64(0)
	for _, run := range runs {
		expected += int64(run.expected)
	}
	started := f.now()
	for f.flights.landed.Load() < expected {
		last := max(started, time.Duration(f.flights.lastLanded.Load()))
		if f.now()-last > quiet {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	// Copies that are not needed may still come.
	time.Sleep(min(quiet, startLead))
}

// end takes the counts from the peers, so that what comes later belongs to no run.
func (f *fan) end(args fanRunArgs, runs []*streamRun) []fanSummary {
	f.flights.forget()
	taken := make([][]fanCounts, len(f.peers))
	for i, one := range f.peers {
		one.mutex.Lock()
		taken[i], one.counts = one.counts, nil
		one.mutex.Unlock()
	}
	summaries := make([]fanSummary, len(runs))
	for i, run := range runs {
		summaries[i] = run.summary(args.Streams[i].Name, taken)
	}
	return summaries
}

func (r *streamRun) summary(name string, counts [][]fanCounts) fanSummary {
	summary := fanSummary{}
	latenciesUs := []uint32{}
	for _, ofPeer := range counts {
		counted := ofPeer[r.index]
		latenciesUs = append(latenciesUs, counted.latenciesUs...)
		summary.Duplicates += counted.duplicates
		summary.ToSenders += counted.toSenders
		summary.ToOthers += counted.toOthers
		summary.CopiesSent += counted.copiesSent
		summary.Withheld += counted.withheld
		summary.WithheldBytes += counted.withheldBytes
	}
	slices.Sort(latenciesUs)
	summary.Name = name
	summary.Published = r.published
	summary.Expected = r.expected
	summary.Delivered = len(latenciesUs)
	summary.P50Ms = percentileMs(latenciesUs, 0.50)
	summary.P90Ms = percentileMs(latenciesUs, 0.90)
	summary.P99Ms = percentileMs(latenciesUs, 0.99)
	summary.MaxMs = percentileMs(latenciesUs, 1)
	summary.MaxLagMs = float64(r.maxLag.Microseconds()) / 1000
	if r.published > 0 {
		summary.WireBytes = r.wireBytes / r.published
	}
	return summary
}

// lateCopy is a further copy of a message that is not due yet.
type lateCopy struct {
	outgoing
	sender *fanPeer
	due    time.Duration
}

// copyHeap is a heap of copies by their time, for container/heap.
type copyHeap []lateCopy

func (h copyHeap) Len() int           { return len(h) }
func (h copyHeap) Less(i, j int) bool { return h[i].due < h[j].due }
func (h copyHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *copyHeap) Push(item any)     { *h = append(*h, item.(lateCopy)) }
func (h *copyHeap) Pop() any {
	last := len(*h) - 1
	item := (*h)[last]
	*h = (*h)[:last]
	return item
}

package main

import (
	"container/heap"
	"math/rand/v2"
	"slices"
	"time"
)

// overlay is the network at large: thousands of nodes whose meshes are drawn, and whose arrivals are worked out and not run.
// A machine that ran as many would measure itself; and in a network of some dozens everybody is two steps from everybody,
// where on mainnet it is five.
type overlay struct {
	regions    []int
	neighbours [][]int
	delay      func(from, to int) linkDelay
	handling   time.Duration
	random     *rand.Rand
}

// maxDraws bounds the search for a neighbour with room: in a network of a dozen all may be full.
const maxDraws = 1000

// newOverlay draws the meshes: one node after the other links with others at random that have room until it has D of them.
// So all have between D and Dhi, as nodes of gossipsub do that have settled. The same seed gives the same meshes.
func newOverlay(regions []int, delay func(from, to int) linkDelay, handling time.Duration, seed uint64) *overlay {
	drawn := &overlay{
		regions:    regions,
		neighbours: make([][]int, len(regions)),
		delay:      delay,
		handling:   handling,
		random:     rand.New(rand.NewPCG(seed, uint64(len(regions)))),
	}
	for _, node := range drawn.random.Perm(len(regions)) {
		for draw := 0; draw < maxDraws && len(drawn.neighbours[node]) < defaultD; draw++ {
			drawn.link(node, drawn.random.IntN(len(regions)))
		}
	}
	return drawn
}

func (o *overlay) link(from, to int) {
	if from == to || !o.hasRoom(to) || slices.Contains(o.neighbours[from], to) {
		return
	}
	o.neighbours[from] = append(o.neighbours[from], to)
	o.neighbours[to] = append(o.neighbours[to], from)
}

// hasRoom says whether a node takes one more into its mesh.
func (o *overlay) hasRoom(node int) bool { return len(o.neighbours[node]) < defaultDHigh }

// drawIn is any node of a region that is not among those left out; -1 when there is none.
func (o *overlay) drawIn(region int, except map[int]bool) int {
	for _, node := range o.random.Perm(len(o.regions)) {
		if o.regions[node] == region && !except[node] {
			return node
		}
	}
	return -1
}

// arrivals is when each node has all of a message of the publisher's, by the shortest ways through the meshes. Each copy
// takes its link's delay with a jitter of its own, and each node on the way takes its time to pass it on.
func (o *overlay) arrivals(publisher int) []time.Duration {
	const never = time.Duration(1<<63 - 1)
	at := make([]time.Duration, len(o.regions))
	for node := range at {
		at[node] = never
	}
	at[publisher] = 0
	due := &arrivalHeap{{0, publisher}}
	for due.Len() > 0 {
		first := heap.Pop(due).(arrival)
		if first.at > at[first.node] {
			continue
		}
		leaves := first.at
		if first.node != publisher {
			leaves += o.handling
		}
		for _, next := range o.neighbours[first.node] {
			reaches := leaves + o.delay(o.regions[first.node], o.regions[next]).draw()
			if reaches < at[next] {
				at[next] = reaches
				heap.Push(due, arrival{reaches, next})
			}
		}
	}
	return at
}

// arrival is a copy on its way.
type arrival struct {
	at   time.Duration
	node int
}

// arrivalHeap is a heap.Interface, the earliest first.
type arrivalHeap []arrival

func (h arrivalHeap) Len() int           { return len(h) }
func (h arrivalHeap) Less(i, j int) bool { return h[i].at < h[j].at }
func (h arrivalHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *arrivalHeap) Push(item any)     { *h = append(*h, item.(arrival)) }

func (h *arrivalHeap) Pop() any {
	last := len(*h) - 1
	item := (*h)[last]
	*h = (*h)[:last]
	return item
}

package main

import (
	"bufio"
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
)

// fanQueueSize is how many RPCs may wait for a stream that is not taken: seconds of the highest rates. Beyond it the
// schedule waits, which shows as lag.
const fanQueueSize = 16384

// fanBufferBytes is what is gathered for one write when RPCs wait, and what is read at once.
const fanBufferBytes = 32 * 1024

// outgoing is one RPC on its way to the relay; flight is nil for control messages.
type outgoing struct {
	framed []byte
	flight *fanFlight
}

// fanCounts is what one peer counted of one stream of a run.
type fanCounts struct {
	latenciesUs []uint32
	// duplicates are copies after the first; toSenders first copies to a sender of the message; toOthers to anybody else.
	duplicates, toSenders, toOthers int
	// copiesSent is what this peer wrote; withheld what the relay said in time that it does not want, and its bytes.
	copiesSent, withheld, withheldBytes int
}

// fanPeer is one peer around the relay, speaking gossipsub on its streams by itself.
type fanPeer struct {
	fan   *fan
	index int
	host  host.Host
	queue chan outgoing
	// gone says that a stream ended: the relay threw the peer out, or died.
	gone atomic.Bool

	mutex  sync.Mutex
	counts []fanCounts
}

// connect dials the relay, opens the stream on which we write and says what we subscribe to.
func (p *fanPeer) connect(ctx context.Context, address string) error {
	for _, id := range meshsubProtocols {
		p.host.SetStreamHandler(id, p.receive)
	}
	p.say(wireRPC{Subscribe: p.fan.names})
	relay, err := dial(ctx, p.host, address)
	if err != nil {
		return err
	}
	stream, err := p.host.NewStream(network.WithNoDial(ctx, "the connection is there"), relay, meshsubProtocols...)
	if err != nil {
		return err
	}
	go p.write(stream)
	return nil
}

// say queues a control message.
func (p *fanPeer) say(said wireRPC) {
	rpc, err := said.decode()
	if err != nil {
		return
	}
	if framed, err := frame(rpc); err == nil {
		p.queue <- outgoing{framed: framed}
	}
}

// write puts what is queued on the stream: each RPC at once when it comes alone, several in one write when they wait.
func (p *fanPeer) write(stream network.Stream) {
	out := bufio.NewWriterSize(stream, fanBufferBytes)
	for item := range p.queue {
		err := p.put(out, item)
		if err == nil && len(p.queue) == 0 {
			err = out.Flush()
		}
		if err != nil {
			p.lose()
			break
		}
	}
	for range p.queue { // so that the schedule never waits for a peer that is gone
	}
}

func (p *fanPeer) put(out *bufio.Writer, item outgoing) error {
	if item.flight != nil && !p.countCopy(item) {
		return nil
	}
	_, err := out.Write(item.framed)
	return err
}

// countCopy says whether the message is still to be sent.
func (p *fanPeer) countCopy(item outgoing) bool {
	isUnwanted := len(item.framed) >= shortestUnwanted && p.fan.flights.isUnwanted(item.flight, p.index)
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if counted := p.countsOf(item.flight); counted != nil {
		if isUnwanted {
			counted.withheld++
			counted.withheldBytes += len(item.framed)
		} else {
			counted.copiesSent++
		}
	}
	return !isUnwanted
}

// countsOf is nil for a flight of an earlier run. The caller holds the mutex.
func (p *fanPeer) countsOf(flight *fanFlight) *fanCounts {
	if flight.stream >= len(p.counts) {
		return nil
	}
	return &p.counts[flight.stream]
}

// lose takes the peer out of all meshes: nothing is expected of the relay for it any more.
func (p *fanPeer) lose() {
	if p.gone.Swap(true) {
		return
	}
	for _, topic := range p.fan.topics {
		topic.setMeshed(p.index, false)
	}
}

// receive reads the relay's RPCs until the stream ends. The time of a message is when its frame was complete.
func (p *fanPeer) receive(stream network.Stream) {
	in := frameReader{in: bufio.NewReaderSize(stream, fanBufferBytes)}
	heard := &fanHearing{fanPeer: p}
	for {
		rpc, err := in.next()
		heard.at = p.fan.now()
		if err == nil {
			err = visitRPC(rpc, heard)
		}
		if err != nil {
			_ = stream.Reset()
			p.lose()
			return
		}
	}
}

// fanHearing is what one frame says to a peer.
type fanHearing struct {
	*fanPeer
	at time.Duration
}

func (h *fanHearing) onMessage(topic []byte, data []byte) {
	flights := h.fan.flights
	flight, again := flights.land(data, topic, h.index)
	if flight == nil {
		h.fan.strays.Add(1)
		return
	}
	h.mutex.Lock()
	defer h.mutex.Unlock()
	counted := h.countsOf(flight)
	switch {
	case counted == nil:
	case again:
		counted.duplicates++
	case flight.expected.has(h.index):
		counted.latenciesUs = append(counted.latenciesUs, uint32((h.at - flight.startedAt).Microseconds()))
		flights.lastLanded.Store(int64(h.at))
		flights.landed.Add(1)
	case flight.senders.has(h.index):
		counted.toSenders++
	default:
		counted.toOthers++
	}
}

// onSubscription answers the relay's being in a topic with a GRAFT, where the peer has a part to play.
func (h *fanHearing) onSubscription(topic []byte, on bool) {
	known := h.fan.topics[string(topic)]
	if known == nil || !known.roles.has(h.index) {
		return
	}
	if on {
		h.graft(known)
	} else {
		known.setMeshed(h.index, false)
	}
}

// graft enters the relay's mesh: a GRAFT has no answer but a PRUNE.
func (p *fanPeer) graft(topic *fanTopic) {
	p.say(wireRPC{Graft: []string{topic.name}})
	topic.setMeshed(p.index, !p.gone.Load())
}

func (h *fanHearing) onGraft(topic []byte) {
	known := h.fan.topics[string(topic)]
	if known != nil && known.roles.has(h.index) {
		known.setMeshed(h.index, true)
		return
	}
	h.say(wireRPC{Prune: []wirePrune{{string(topic), refusalBackoff}}})
}

// onPrune comes back when the back-off is over, as gossipsub does.
func (h *fanHearing) onPrune(topic []byte, backoffSeconds uint64) {
	known := h.fan.topics[string(topic)]
	if known == nil || !known.roles.has(h.index) {
		return
	}
	known.setMeshed(h.index, false)
	if backoffSeconds == 0 {
		backoffSeconds = defaultBackoffSeconds
	}
	p := h.fanPeer
	time.AfterFunc(time.Duration(backoffSeconds+1)*time.Second, func() {
		if !p.gone.Load() {
			p.graft(known)
		}
	})
}

// onUnwanted heeds an IDONTWANT once it would have come over a real link.
func (h *fanHearing) onUnwanted(id []byte) {
	unwanted, p := string(id), h.fanPeer
	delay := time.Duration(p.fan.unwantedDelay.Load())
	if delay == 0 {
		p.fan.flights.markUnwanted(unwanted, p.index)
		return
	}
	time.AfterFunc(delay, func() { p.fan.flights.markUnwanted(unwanted, p.index) })
}

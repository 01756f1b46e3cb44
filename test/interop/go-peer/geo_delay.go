package main

import (
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

const (
	// delayChunkBytes is the most that is read at once.
	delayChunkBytes = 32 * 1024
	// delayQueueChunks bounds what is under way in one direction to 8 MiB, far above what a link of the benches carries in
	// a second. Beyond it the sender waits, as for a window.
	delayQueueChunks = 256
	// maxDoors bounds the listening sockets: a network of some hundred nodes seen from ten regions.
	maxDoors = 4096
)

var errTooManyDoors = fmt.Errorf("more than %d doors", maxDoors)

// linkDelay is how long a link takes, one way.
type linkDelay struct {
	oneWay time.Duration
	// jitter is the width of the range around oneWay from which each chunk's delay is drawn.
	jitter time.Duration
}

func (d linkDelay) draw() time.Duration {
	return max(0, d.oneWay+time.Duration((rand.Float64()-0.5)*float64(d.jitter)))
}

// delayedChunk is what came at once, and when it is due on the other side. Without bytes it is the end of the stream.
type delayedChunk struct {
	due    time.Time
	buffer *[delayChunkBytes]byte
	length int
}

var delayBuffers = sync.Pool{New: func() any { return new([delayChunkBytes]byte) }}

// delayedWay is one direction of a connection. Chunks keep their order whatever the jitter.
type delayedWay struct {
	from, to *net.TCPConn
	delay    linkDelay
	underWay chan delayedChunk
}

// run copies until the stream ends, and hands its end on as late as all else.
func (w *delayedWay) run() {
	w.underWay = make(chan delayedChunk, delayQueueChunks)
	go w.read()
	w.write()
}

func (w *delayedWay) read() {
	defer close(w.underWay)
	for {
		buffer := delayBuffers.Get().(*[delayChunkBytes]byte)
		length, err := w.from.Read(buffer[:])
		w.underWay <- delayedChunk{time.Now().Add(w.delay.draw()), buffer, length}
		if err != nil {
			return
		}
	}
}

// write takes the side it reads from down when its own breaks, so that the reader ends.
func (w *delayedWay) write() {
	var broken error
	for chunk := range w.underWay {
		if broken == nil {
			time.Sleep(time.Until(chunk.due))
			if _, broken = w.to.Write(chunk.buffer[:chunk.length]); broken != nil {
				_ = w.from.Close()
			}
		}
		delayBuffers.Put(chunk.buffer)
	}
	_ = w.to.CloseWrite()
}

// delayProxy stands between sockets of this machine: what goes through one of its doors takes as long as over a link.
type delayProxy struct {
	mutex sync.Mutex
	doors int
}

// open listens on loopback; who connects there is connected with the target behind. A door stays open until the process
// ends.
func (p *delayProxy) open(target string, delay linkDelay) (*net.TCPAddr, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.doors == maxDoors {
		return nil, errTooManyDoors
	}
	listener, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	p.doors++
	go func() {
		for {
			accepted, err := listener.AcceptTCP()
			if err != nil {
				return
			}
			go passThrough(accepted, target, delay)
		}
	}()
	return listener.Addr().(*net.TCPAddr), nil
}

// passThrough connects both sides. The system accepts at once, where a far machine would take a round trip: the first
// bytes are kept for as long.
func passThrough(accepted *net.TCPConn, target string, delay linkDelay) {
	defer accepted.Close()
	time.Sleep(2 * delay.oneWay)
	dialled, err := net.DialTimeout("tcp4", target, dialTimeout)
	if err != nil {
		return
	}
	defer dialled.Close()
	behind := dialled.(*net.TCPConn)
	there := delayedWay{from: accepted, to: behind, delay: delay}
	back := delayedWay{from: behind, to: accepted, delay: delay}
	var ways sync.WaitGroup
	ways.Go(there.run)
	ways.Go(back.run)
	ways.Wait()
}

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/peer"
)

// swarm is many peers around one relay, in one process: they know the relay only (a star), or each other too. A
// publisher of its own, which subscribes to nothing, sends what they count.
type swarm struct {
	emit func(any)

	mutex     sync.Mutex
	publisher *loadHost
	members   []*loadHost
	flights   *flights
	landings  *landings
}

// landings counts arrivals by member.
type landings struct {
	mutex    sync.Mutex
	byMember []int
}

func (l *landings) add(member int) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.byMember[member]++
}

// take returns the counts and begins anew.
func (l *landings) take() []int {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	taken := l.byMember
	l.byMember = make([]int, len(taken))
	return taken
}

func newSwarm(emit func(any)) *swarm { return &swarm{emit: emit, flights: newFlights()} }

func (s *swarm) handlers() map[string]handler {
	return map[string]handler{
		"swarmStart": typed(s.start),
		"swarmMesh":  typed(s.mesh),
		"swarmRun":   typed(s.run),
	}
}

type swarmStartArgs struct {
	loadConnectArgs
	// Degree is how many other members each dials, at random; 0 is a star.
	Degree int `json:"degree"`
}

// dialPause spaces the dials of the relay: peers come one after another, not in one stampede.
const dialPause = 20 * time.Millisecond

// start makes the hosts, connects them with each other and with the relay, and answers their ids.
func (s *swarm) start(ctx context.Context, args swarmStartArgs) (any, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.publisher != nil {
		return nil, errAlreadyStarted
	}
	args.Gossip.QueueSize = orDefault(args.Gossip.QueueSize, loadQueueSize)
	publisher, err := startLoadHost(ctx, args.loadConnectArgs)
	if err != nil {
		return nil, err
	}
	s.publisher = publisher
	s.landings = &landings{byMember: make([]int, args.Subscribers)}
	for i := range args.Subscribers {
		member, err := s.startMember(ctx, args.loadConnectArgs, i)
		if err != nil {
			return nil, err
		}
		s.members = append(s.members, member)
	}
	if err := s.interconnect(ctx, args.Degree); err != nil {
		return nil, err
	}
	ids := make([]string, len(s.members))
	for i, member := range s.members {
		ids[i] = member.host.ID().String()
	}
	return map[string]any{"members": ids}, s.connectRelay(ctx, args.Relay)
}

func (s *swarm) startMember(ctx context.Context, args loadConnectArgs, index int) (*loadHost, error) {
	member, err := startLoadHost(ctx, args)
	if err != nil {
		return nil, err
	}
	member.mesh.onDeliver = func(message *pubsub.Message) {
		s.landings.add(index)
		s.flights.land(message)
	}
	member.mesh.onDuplicate = s.flights.duplicate
	return member, member.join(args.Topics)
}

// interconnect makes each member, and the publisher, dial so many others.
func (s *swarm) interconnect(ctx context.Context, degree int) error {
	if degree == 0 {
		return nil
	}
	for i, from := range append([]*loadHost{s.publisher}, s.members...) {
		dialled := 0
		for _, j := range rand.Perm(len(s.members)) {
			if dialled == degree {
				break
			}
			if j == i-1 {
				continue
			}
			info := peer.AddrInfo{ID: s.members[j].host.ID(), Addrs: s.members[j].host.Addrs()}
			if err := from.host.Connect(ctx, info); err != nil {
				return fmt.Errorf("member %d to %d: %w", i-1, j, err)
			}
			dialled++
		}
	}
	return nil
}

func (s *swarm) connectRelay(ctx context.Context, relay string) error {
	for _, from := range append([]*loadHost{s.publisher}, s.members...) {
		if _, err := dial(ctx, from.host, relay); err != nil {
			return fmt.Errorf("relay: %w", err)
		}
		time.Sleep(dialPause)
	}
	return nil
}

// mesh answers, for a topic, how many members have the peer in their mesh and the smallest number of links of a member.
func (s *swarm) mesh(_ context.Context, args struct {
	topicArg
	peerArg
}) (any, error) {
	with, fewest := []string{}, -1
	for _, member := range s.members {
		links := member.mesh.peersOf(args.Topic)
		if fewest < 0 || len(links) < fewest {
			fewest = len(links)
		}
		for _, id := range links {
			if id == args.Peer {
				with = append(with, member.host.ID().String())
			}
		}
	}
	return map[string]any{"with": with, "fewestLinks": fewest}, nil
}

// run publishes all streams, waits for the last arrivals and answers one summary a stream, and what each member lacks.
func (s *swarm) run(ctx context.Context, args loadRunArgs) (any, error) {
	if s.publisher == nil {
		return nil, errors.New("not connected")
	}
	s.landings.take()
	tallies := make([]*tally, len(args.Streams))
	failures := make([]error, len(args.Streams))
	sender := &load{publishers: []*loadHost{s.publisher}, receivers: s.members, flights: s.flights}
	var streams sync.WaitGroup
	for i, stream := range args.Streams {
		tallies[i] = &tally{name: stream.Name}
		streams.Go(func() { failures[i] = sender.publishStream(ctx, args, stream, tallies[i]) })
	}
	streams.Wait()
	s.flights.drain(time.Duration(args.DrainMs) * time.Millisecond)
	published := 0
	summaries := make([]streamSummary, len(tallies))
	for i, counted := range tallies {
		summaries[i] = s.flights.summary(counted)
		published += counted.published
	}
	missing := s.landings.take()
	for i, landed := range missing {
		missing[i] = published - landed
	}
	return map[string]any{"streams": summaries, "missingByMember": missing}, errors.Join(failures...)
}

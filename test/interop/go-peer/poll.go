package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// A poller of an HTTP API: dashboards as the relay sees them. It writes prepared requests on kept connections, so that
// it takes little of the machine it shares with what it polls.

type pollRunArgs struct {
	// BaseURL is http://host:port without a path.
	BaseURL string `json:"baseUrl"`
	// Paths are asked in turn.
	Paths         []string `json:"paths"`
	RatePerSecond float64  `json:"ratePerSecond"`
	Connections   int      `json:"connections"`
	Seconds       float64  `json:"seconds"`
	// Token is sent as a bearer token when it is not empty.
	Token string `json:"token"`
}

// pollSummary counts latency from the time a request was due to the last byte of its answer: waiting for a free
// connection is part of it.
type pollSummary struct {
	Requests int `json:"requests"`
	// Errors are requests without a whole answer, whatever its status; Unsent those that no connection was free for.
	Errors   int            `json:"errors"`
	Unsent   int            `json:"unsent"`
	ByStatus map[string]int `json:"byStatus"`
	Bytes    int64          `json:"bytes"`
	P50Ms    float64        `json:"p50Ms"`
	P99Ms    float64        `json:"p99Ms"`
	MaxMs    float64        `json:"maxMs"`
}

const (
	// pollAnswerTimeout bounds one answer; the relay's own bound for a call to its worker is 5 s.
	pollAnswerTimeout = 10 * time.Second
	// pollGrace is how long after the end of the schedule what was due may still be sent.
	pollGrace = time.Second
	// pollRetryPause keeps a server that is gone from being dialled in a loop.
	pollRetryPause = 100 * time.Millisecond
)

func pollHandlers() map[string]handler {
	return map[string]handler{"pollRun": typed(pollRun)}
}

// pollRun asks at fixed times from its start: a late answer does not push the next requests back.
func pollRun(ctx context.Context, args pollRunArgs) (any, error) {
	requests, address, err := pollRequests(args)
	if err != nil {
		return nil, err
	}
	run := &pollSchedule{
		requests: requests, address: address, started: time.Now(), ratePerSecond: args.RatePerSecond,
		total: int64(args.RatePerSecond*args.Seconds + 0.5),
	}
	run.lastSend = run.started.Add(time.Duration(args.Seconds*float64(time.Second)) + pollGrace)
	tallies := make([]pollTally, args.Connections)
	var connections sync.WaitGroup
	for i := range tallies {
		connections.Go(func() { run.poll(ctx, &tallies[i]) })
	}
	connections.Wait()
	return summarizePolls(tallies, run.total), nil
}

// pollRequests prepares one request a path, and the address to dial.
func pollRequests(args pollRunArgs) ([][]byte, string, error) {
	base, err := url.Parse(args.BaseURL)
	if err != nil {
		return nil, "", err
	}
	if base.Scheme != "http" || len(args.Paths) == 0 || args.Connections < 1 || args.RatePerSecond <= 0 {
		return nil, "", errors.New("polling needs an http:// address, paths, a connection and a rate")
	}
	authorization := ""
	if args.Token != "" {
		authorization = "Authorization: Bearer " + args.Token + "\r\n"
	}
	requests := make([][]byte, len(args.Paths))
	for i, path := range args.Paths {
		requests[i] = fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", path, base.Host, authorization)
	}
	return requests, base.Host, nil
}

// pollSchedule is what all connections of a run share: whichever is free takes the next request.
type pollSchedule struct {
	requests      [][]byte
	address       string
	started       time.Time
	lastSend      time.Time
	ratePerSecond float64
	total         int64
	next          atomic.Int64
}

// pollTally is one connection's part of the figures.
type pollTally struct {
	latencies []time.Duration
	errors    int
	byStatus  map[int]int
	bytes     int64
}

func (s *pollSchedule) poll(ctx context.Context, into *pollTally) {
	into.byStatus = map[int]int{}
	client := &pollClient{address: s.address}
	defer client.close()
	for ctx.Err() == nil && time.Now().Before(s.lastSend) {
		index := s.next.Add(1) - 1
		if index >= s.total {
			return
		}
		due := s.started.Add(time.Duration(float64(index) / s.ratePerSecond * float64(time.Second)))
		time.Sleep(time.Until(due))
		status, bytes, err := client.ask(s.requests[index%int64(len(s.requests))])
		if err != nil {
			into.errors++
			time.Sleep(pollRetryPause)
			continue
		}
		into.latencies = append(into.latencies, time.Since(due))
		into.byStatus[status]++
		into.bytes += bytes
	}
}

// pollClient is one kept connection, dialled when it is needed.
type pollClient struct {
	address string
	conn    net.Conn
	reader  *bufio.Reader
}

func (c *pollClient) close() {
	if c.conn != nil {
		_ = c.conn.Close()
		c.conn = nil
	}
}

// ask sends one prepared request and reads the whole answer.
func (c *pollClient) ask(request []byte) (status int, bytes int64, err error) {
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	if c.conn == nil {
		if c.conn, err = net.DialTimeout("tcp", c.address, pollAnswerTimeout); err != nil {
			return 0, 0, err
		}
		c.reader = bufio.NewReaderSize(c.conn, 64*1024)
	}
	if err = c.conn.SetDeadline(time.Now().Add(pollAnswerTimeout)); err != nil {
		return 0, 0, err
	}
	if _, err = c.conn.Write(request); err != nil {
		return 0, 0, err
	}
	response, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return 0, 0, err
	}
	defer response.Body.Close()
	bytes, err = io.Copy(io.Discard, response.Body)
	if response.Close {
		c.close()
	}
	return response.StatusCode, bytes, err
}

func summarizePolls(tallies []pollTally, total int64) pollSummary {
	sum := pollSummary{ByStatus: map[string]int{}}
	var latencies []time.Duration
	for _, tally := range tallies {
		latencies = append(latencies, tally.latencies...)
		sum.Errors += tally.errors
		sum.Bytes += tally.bytes
		for status, count := range tally.byStatus {
			sum.ByStatus[strconv.Itoa(status)] += count
		}
	}
	sum.Requests = len(latencies) + sum.Errors
	sum.Unsent = int(total) - sum.Requests
	slices.Sort(latencies)
	if len(latencies) == 0 {
		return sum
	}
	at := func(share float64) float64 {
		return float64(latencies[int(share*float64(len(latencies)-1))].Microseconds()) / 1000
	}
	sum.P50Ms, sum.P99Ms, sum.MaxMs = at(0.5), at(0.99), at(1)
	return sum
}

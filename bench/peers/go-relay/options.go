package main

import (
	"flag"
	"fmt"
	"strings"
	"time"
)

// options are the command line, the same as the Rust relay's, all of it required.
type options struct {
	transport string
	// topics are full topics.
	topics                      []string
	d, dLow, dHigh, dOut, dLazy int
	heartbeat                   time.Duration
	// historyLength is how many heartbeats a message stays answerable by IWANT, historyGossip how many it is advertised
	// by IHAVE.
	historyLength, historyGossip int
	seenTTL                      time.Duration
	maxRPCBytes                  int
	// queueLength bounds the RPCs waiting for one peer.
	queueLength int
}

// parseOptions fails with the name of what is missing or not understood.
func parseOptions(args []string) (options, error) {
	var parsed options
	flags := flag.NewFlagSet("go-relay", flag.ContinueOnError)
	flags.StringVar(&parsed.transport, "transport", "", "tcp or quic")
	topics := flags.String("topics", "", "full topics, comma between")
	numbers := map[string]*int{
		"d":              &parsed.d,
		"d-low":          &parsed.dLow,
		"d-high":         &parsed.dHigh,
		"d-out":          &parsed.dOut,
		"d-lazy":         &parsed.dLazy,
		"history-length": &parsed.historyLength,
		"history-gossip": &parsed.historyGossip,
		"max-rpc-bytes":  &parsed.maxRPCBytes,
		"queue-length":   &parsed.queueLength,
	}
	for name, target := range numbers {
		flags.IntVar(target, name, 0, "")
	}
	heartbeatMs := flags.Int("heartbeat-ms", 0, "")
	seenTTLMs := flags.Int("seen-ttl-ms", 0, "")
	flags.Int("queue-ms", 0, "how long an RPC may wait; without effect here, where only the queue's length counts")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	given := map[string]bool{}
	flags.Visit(func(each *flag.Flag) { given[each.Name] = true })
	var missing error
	flags.VisitAll(func(each *flag.Flag) {
		if !given[each.Name] {
			missing = fmt.Errorf("-%s is missing", each.Name)
		}
	})
	parsed.topics = strings.Split(*topics, ",")
	parsed.heartbeat = time.Duration(*heartbeatMs) * time.Millisecond
	parsed.seenTTL = time.Duration(*seenTTLMs) * time.Millisecond
	return parsed, missing
}

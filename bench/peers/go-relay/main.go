// Command go-relay is a gossipsub relay on go-libp2p to measure Starling beside: it forwards what it is sent on the
// topics it is given, validates nothing and scores nobody. Every parameter comes from the bench, so that all relays run
// with the same ones. It prints one JSON line with its address once it listens, and ends when its input does.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	options, err := parseOptions(args)
	if err != nil {
		return err
	}
	relay, err := newHost(options.transport)
	if err != nil {
		return err
	}
	if err := forward(ctx, relay, options); err != nil {
		return err
	}
	address := fmt.Sprintf("%s/p2p/%s", relay.Addrs()[0], relay.ID())
	if err := json.NewEncoder(os.Stdout).Encode(map[string]string{"event": "listening", "address": address}); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

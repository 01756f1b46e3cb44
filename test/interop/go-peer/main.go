// Command go-peer is an independent consensus-layer gossip peer on go-libp2p, driven over stdin and stdout: the other
// side of the interop tests, and the load generator of the benches. See control.go for the channel.
package main

import (
	"context"
	"fmt"
	"maps"
	"os"
)

func main() {
	out := newEmitter(os.Stdout)
	handlers := map[string]handler{"digest": typed(func(_ context.Context, in digestInput) (any, error) {
		return forkDigest(in)
	})}
	maps.Copy(handlers, newPeer(out.emit).handlers())
	maps.Copy(handlers, newLoad(out.emit).handlers())
	maps.Copy(handlers, newSwarm(out.emit).handlers())
	maps.Copy(handlers, newWirePeer(out.emit).handlers())
	maps.Copy(handlers, newDiscovery(out.emit).handlers())
	maps.Copy(handlers, newFan().handlers())
	maps.Copy(handlers, newGeo().handlers())
	maps.Copy(handlers, newFloor().handlers())
	maps.Copy(handlers, newFarLink().handlers())
	maps.Copy(handlers, pollHandlers())
	if err := serveCommands(context.Background(), os.Stdin, out, handlers); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

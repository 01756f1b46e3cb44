package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
)

const (
	blocksByRange      = "beacon_blocks_by_range/2"
	blocksByRangeBytes = 24
	// maxServedBlocks is MAX_REQUEST_BLOCKS_DENEB (specs/deneb/p2p-interface.md).
	maxServedBlocks = 128
)

// blockRange is a BeaconBlocksByRangeRequest without its step.
type blockRange struct {
	StartSlot uint64 `json:"startSlot"`
	Count     uint64 `json:"count"`
}

func decodeBlockRange(ssz []byte) (blockRange, error) {
	asked := blockRange{binary.LittleEndian.Uint64(ssz), binary.LittleEndian.Uint64(ssz[8:])}
	if asked.Count < 1 || asked.Count > maxServedBlocks {
		return blockRange{}, fmt.Errorf("%d blocks were asked for", asked.Count)
	}
	return asked, nil
}

// serveBlocks answers requests for blocks by range: a made-up one of sizeBytes for each slot.
func serveBlocks(h host.Host, digest string, sizeBytes int, emit func(any)) error {
	contextBytes, err := hexBytes(digest, 4)
	if err != nil {
		return fmt.Errorf("forkDigest: %w", err)
	}
	payload, err := encodePayload(newPayloadSource(payloadShape{SizeBytes: sizeBytes}).base)
	if err != nil {
		return err
	}
	chunk := append(append([]byte{codeSuccess}, contextBytes...), payload...)
	h.SetStreamHandler(protocolID(blocksByRange), func(stream network.Stream) {
		_ = stream.SetDeadline(time.Now().Add(streamTimeout))
		event := requestEvent{Event: "request", Peer: stream.Conn().RemotePeer().String(), Protocol: blocksByRange}
		asked, err := readBlockRange(stream)
		if err != nil {
			event.Error = err.Error()
		}
		event.Body = asked
		emit(event)
		for range asked.Count {
			if err == nil {
				_, err = stream.Write(chunk)
			}
		}
		if err != nil {
			_ = stream.Reset()
			return
		}
		_ = stream.Close()
	})
	return nil
}

func readBlockRange(stream network.Stream) (blockRange, error) {
	ssz, err := decodePayload(bufio.NewReader(stream), blocksByRangeBytes, blocksByRangeBytes)
	if err != nil {
		return blockRange{}, err
	}
	return decodeBlockRange(ssz)
}

package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

const (
	// maxRawReplyBytes bounds what rawRequest reads back.
	maxRawReplyBytes = 64 * 1024
	// rawTimeout is longer than any side's patience with a request, so that it is the other side that ends it.
	rawTimeout = 15 * time.Second
)

func hexDecode(text string) ([]byte, error) { return hex.DecodeString(text) }

// requestResult is what came back from one request.
type requestResult struct {
	Code byte `json:"code"`
	// Body is the decoded payload of a success, Message the text of an error.
	Body       any     `json:"body,omitempty"`
	Message    string  `json:"message,omitempty"`
	DurationMs float64 `json:"durationMs"`
}

// openStream opens a stream for exactly one protocol; a peer that does not speak it is an error here.
func openStream(
	ctx context.Context, h host.Host, to peer.ID, id protocol.ID, timeout time.Duration,
) (network.Stream, error) {
	stream, err := h.NewStream(network.WithNoDial(ctx, "requests use the connection there is"), to, id)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	_ = stream.SetDeadline(time.Now().Add(timeout))
	return stream, nil
}

// request sends one protocol's request and decodes the single response chunk. ssz is nil for metadata.
func request(ctx context.Context, h host.Host, to peer.ID, spoken rpcProtocol, ssz []byte) (requestResult, error) {
	started := time.Now()
	stream, err := openStream(ctx, h, to, protocolID(spoken.name), streamTimeout)
	if err != nil {
		return requestResult{}, err
	}
	defer func() { _ = stream.Close() }()
	if err := sendRequest(stream, ssz); err != nil {
		_ = stream.Reset()
		return requestResult{}, fmt.Errorf("send: %w", err)
	}
	answered, err := decodeResponse(bufio.NewReader(stream), spoken.responseBytes, spoken.responseBytes)
	if errors.Is(err, errNoResponse) && spoken.name == "goodbye/1" {
		// Clients differ in whether they echo a goodbye; those that do not just end the stream.
		return requestResult{Code: codeSuccess, DurationMs: millisecondsSince(started)}, nil
	}
	if err != nil {
		_ = stream.Reset()
		return requestResult{}, err
	}
	result := requestResult{Code: answered.Code, DurationMs: millisecondsSince(started)}
	if answered.Code != codeSuccess {
		result.Message = string(answered.SSZ)
		return result, nil
	}
	result.Body, err = spoken.describe(answered.SSZ)
	return result, err
}

func millisecondsSince(started time.Time) float64 {
	return float64(time.Since(started).Microseconds()) / 1000
}

// sendRequest writes the request and closes our half, which is what tells the other side that it is whole.
func sendRequest(stream network.Stream, ssz []byte) error {
	if ssz != nil {
		payload, err := encodePayload(ssz)
		if err != nil {
			return err
		}
		if _, err := stream.Write(payload); err != nil {
			return err
		}
	}
	return stream.CloseWrite()
}

// rawResult is what a peer does with bytes that need not make sense.
type rawResult struct {
	Reply string `json:"reply"`
	// Ended is "eof", "reset", "timeout" or "open: …" when the protocol was refused.
	Ended string `json:"ended"`
}

// rawRequest writes bytes on a stream of any protocol id and reads whatever comes back until the stream ends.
// halfClose false leaves our side open, as a stalling peer would.
func rawRequest(ctx context.Context, h host.Host, to peer.ID, id protocol.ID, data []byte, halfClose bool) rawResult {
	stream, err := openStream(ctx, h, to, id, rawTimeout)
	if err != nil {
		return rawResult{Ended: err.Error()}
	}
	defer func() { _ = stream.Reset() }()
	if _, err := stream.Write(data); err != nil {
		return rawResult{Ended: ending(err)}
	}
	if halfClose {
		if err := stream.CloseWrite(); err != nil {
			return rawResult{Ended: ending(err)}
		}
	}
	reply, err := io.ReadAll(io.LimitReader(stream, maxRawReplyBytes))
	return rawResult{Reply: hex.EncodeToString(reply), Ended: ending(err)}
}

func ending(err error) string {
	var timeout interface{ Timeout() bool }
	switch {
	case err == nil:
		return "eof"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	default:
		return "reset"
	}
}

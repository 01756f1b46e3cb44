package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/golang/snappy"
)

// The ssz_snappy encoding of Req/Resp (phase 0 networking specification, "Req/Resp interaction"): a payload is the
// uvarint of its SSZ length and then the SSZ bytes in snappy frames; a response puts a result byte before that.

// maxErrorBytes bounds an error message: List[byte, 256].
const maxErrorBytes = 256

const (
	codeSuccess        = 0
	codeInvalidRequest = 1
	codeServerError    = 2
)

// encodePayload returns the length prefix and the frames of ssz.
func encodePayload(ssz []byte) ([]byte, error) {
	encoded := bytes.NewBuffer(binary.AppendUvarint(nil, uint64(len(ssz))))
	frames := snappy.NewBufferedWriter(encoded)
	if _, err := frames.Write(ssz); err != nil {
		return nil, err
	}
	if err := frames.Close(); err != nil {
		return nil, err
	}
	return encoded.Bytes(), nil
}

// decodePayload reads one payload whose length must lie in minBytes..maxBytes.
func decodePayload(from *bufio.Reader, minBytes, maxBytes int) ([]byte, error) {
	length, err := binary.ReadUvarint(from)
	if err != nil {
		return nil, fmt.Errorf("length prefix: %w", err)
	}
	if length < uint64(minBytes) || length > uint64(maxBytes) {
		return nil, fmt.Errorf("length %d is not in %d..%d", length, minBytes, maxBytes)
	}
	ssz := make([]byte, length)
	if _, err := io.ReadFull(snappy.NewReader(from), ssz); err != nil {
		return nil, fmt.Errorf("frames: %w", err)
	}
	return ssz, nil
}

// encodeResponse returns one response chunk: the code, and the payload unless it is nil.
func encodeResponse(code byte, ssz []byte) ([]byte, error) {
	if ssz == nil {
		return []byte{code}, nil
	}
	payload, err := encodePayload(ssz)
	if err != nil {
		return nil, err
	}
	return append([]byte{code}, payload...), nil
}

// response is one decoded chunk; SSZ holds the error message when Code is not success.
type response struct {
	Code byte
	SSZ  []byte
}

var errNoResponse = errors.New("the stream ended without a response")

// decodeResponse reads one chunk without context bytes. A stream that ends before the first byte is errNoResponse.
func decodeResponse(from *bufio.Reader, minBytes, maxBytes int) (response, error) {
	code, err := from.ReadByte()
	if errors.Is(err, io.EOF) {
		return response{}, errNoResponse
	}
	if err != nil {
		return response{}, fmt.Errorf("result code: %w", err)
	}
	if code != codeSuccess {
		minBytes, maxBytes = 0, maxErrorBytes
	}
	ssz, err := decodePayload(from, minBytes, maxBytes)
	return response{Code: code, SSZ: ssz}, err
}

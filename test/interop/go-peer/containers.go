package main

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
)

// status is the Status message; EarliestSlot is only in version 2 (fulu).
type status struct {
	ForkDigest     string `json:"forkDigest"`
	FinalizedRoot  string `json:"finalizedRoot"`
	FinalizedEpoch uint64 `json:"finalizedEpoch"`
	HeadRoot       string `json:"headRoot"`
	HeadSlot       uint64 `json:"headSlot"`
	EarliestSlot   uint64 `json:"earliestSlot"`
}

const (
	statusV1Bytes = 84
	statusV2Bytes = 92
	rootBytes     = 32
)

// metadata is the MetaData message: version 1 ends after Attnets, 2 (altair) after Syncnets, 3 (fulu) has it all.
type metadata struct {
	SeqNumber         uint64 `json:"seqNumber"`
	Attnets           string `json:"attnets"`
	Syncnets          string `json:"syncnets"`
	CustodyGroupCount uint64 `json:"custodyGroupCount"`
}

// metadataBytes is the size of each version.
var metadataBytes = map[int]int{1: 16, 2: 17, 3: 25}

// hexBytes decodes exactly size bytes; an empty text is all zeros.
func hexBytes(text string, size int) ([]byte, error) {
	if text == "" {
		return make([]byte, size), nil
	}
	decoded, err := hex.DecodeString(text)
	if err == nil && len(decoded) != size {
		err = fmt.Errorf("expected %d bytes, got %d", size, len(decoded))
	}
	return decoded, err
}

func encodeStatus(s status, version int) ([]byte, error) {
	digest, err := hexBytes(s.ForkDigest, 4)
	if err != nil {
		return nil, fmt.Errorf("forkDigest: %w", err)
	}
	finalized, err := hexBytes(s.FinalizedRoot, rootBytes)
	if err != nil {
		return nil, fmt.Errorf("finalizedRoot: %w", err)
	}
	head, err := hexBytes(s.HeadRoot, rootBytes)
	if err != nil {
		return nil, fmt.Errorf("headRoot: %w", err)
	}
	ssz := append(digest, finalized...)
	ssz = binary.LittleEndian.AppendUint64(ssz, s.FinalizedEpoch)
	ssz = append(ssz, head...)
	ssz = binary.LittleEndian.AppendUint64(ssz, s.HeadSlot)
	if version >= 2 {
		ssz = binary.LittleEndian.AppendUint64(ssz, s.EarliestSlot)
	}
	return ssz, nil
}

// decodeStatus reads a Status of either version, told apart by length.
func decodeStatus(ssz []byte) (status, error) {
	if len(ssz) != statusV1Bytes && len(ssz) != statusV2Bytes {
		return status{}, fmt.Errorf("a status has no %d bytes", len(ssz))
	}
	decoded := status{
		ForkDigest:     hex.EncodeToString(ssz[:4]),
		FinalizedRoot:  hex.EncodeToString(ssz[4:36]),
		FinalizedEpoch: binary.LittleEndian.Uint64(ssz[36:]),
		HeadRoot:       hex.EncodeToString(ssz[44:76]),
		HeadSlot:       binary.LittleEndian.Uint64(ssz[76:]),
	}
	if len(ssz) == statusV2Bytes {
		decoded.EarliestSlot = binary.LittleEndian.Uint64(ssz[84:])
	}
	return decoded, nil
}

func encodeMetadata(m metadata, version int) ([]byte, error) {
	attnets, err := hexBytes(m.Attnets, 8)
	if err != nil {
		return nil, fmt.Errorf("attnets: %w", err)
	}
	syncnets, err := hexBytes(m.Syncnets, 1)
	if err != nil {
		return nil, fmt.Errorf("syncnets: %w", err)
	}
	ssz := append(binary.LittleEndian.AppendUint64(nil, m.SeqNumber), attnets...)
	if version >= 2 {
		ssz = append(ssz, syncnets...)
	}
	if version >= 3 {
		ssz = binary.LittleEndian.AppendUint64(ssz, m.CustodyGroupCount)
	}
	return ssz, nil
}

// decodeMetadata reads a MetaData of any version, told apart by length.
func decodeMetadata(ssz []byte) (metadata, error) {
	if len(ssz) != metadataBytes[1] && len(ssz) != metadataBytes[2] && len(ssz) != metadataBytes[3] {
		return metadata{}, fmt.Errorf("metadata has no %d bytes", len(ssz))
	}
	decoded := metadata{SeqNumber: binary.LittleEndian.Uint64(ssz), Attnets: hex.EncodeToString(ssz[8:16])}
	if len(ssz) >= metadataBytes[2] {
		decoded.Syncnets = hex.EncodeToString(ssz[16:17])
	}
	if len(ssz) >= metadataBytes[3] {
		decoded.CustodyGroupCount = binary.LittleEndian.Uint64(ssz[17:])
	}
	return decoded, nil
}

func encodeUint64(value uint64) []byte {
	return binary.LittleEndian.AppendUint64(nil, value)
}

// decodeUint64 reads a ping or goodbye. It goes out as decimal text: JSON numbers lose the upper bits.
func decodeUint64(ssz []byte) (string, error) {
	if len(ssz) != 8 {
		return "", fmt.Errorf("expected 8 bytes, got %d", len(ssz))
	}
	return strconv.FormatUint(binary.LittleEndian.Uint64(ssz), 10), nil
}

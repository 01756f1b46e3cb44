package main

import (
	"encoding/binary"
	"math/rand/v2"
)

// blockBytes is the period of the generated pattern: half noise, half zeros, so that snappy halves it about.
const blockBytes = 64

// payloadShape describes an SSZ-sized object that is made up except for where its slot stands.
type payloadShape struct {
	SizeBytes int `json:"sizeBytes"`
	// SlotOffset is where the slot stands (little-endian u64); negative or absent in JSON means nowhere.
	SlotOffset *int `json:"slotOffset"`
	// BodyOffset is written as the leading u32 when not zero: the first SSZ offset of a signed container.
	BodyOffset uint32 `json:"bodyOffset"`
	// Template, when given, is the object instead of a made-up one; its last 8 bytes may be anything.
	Template []byte `json:"template"`
}

// payloadSource makes payloads of one shape that differ from each other, cheaply enough for a load generator: the
// noise is drawn once and every payload gets a serial number at its end.
type payloadSource struct {
	shape  payloadShape
	base   []byte
	serial uint64
}

func newPayloadSource(shape payloadShape) *payloadSource {
	if len(shape.Template) > 0 {
		return &payloadSource{shape: shape, base: shape.Template, serial: rand.Uint64()}
	}
	base := make([]byte, shape.SizeBytes)
	for i := range base {
		if i%blockBytes < blockBytes/2 {
			base[i] = byte(rand.Uint32())
		}
	}
	if shape.BodyOffset != 0 && len(base) >= 4 {
		binary.LittleEndian.PutUint32(base, shape.BodyOffset)
	}
	return &payloadSource{shape: shape, base: base, serial: rand.Uint64()}
}

// next returns a payload that no earlier call returned. The slice is the caller's.
func (s *payloadSource) next(slot uint64) []byte {
	payload := append([]byte(nil), s.base...)
	s.serial++
	if len(payload) >= 8 {
		binary.LittleEndian.PutUint64(payload[len(payload)-8:], s.serial)
	}
	if offset := s.shape.SlotOffset; offset != nil && *offset >= 0 && *offset+8 <= len(payload) {
		binary.LittleEndian.PutUint64(payload[*offset:], slot)
	}
	return payload
}

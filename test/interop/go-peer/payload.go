package main

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// blockBytes is the period of the generated pattern: half noise, half zeros, so that snappy halves it about.
const blockBytes = 64

// payloadShape describes an SSZ-sized object: made up except for where its slot stands, or a true one in which numbers
// are replaced.
type payloadShape struct {
	SizeBytes int `json:"sizeBytes"`
	// SlotOffset is where the slot stands (little-endian u64); negative or absent in JSON means nowhere.
	SlotOffset *int `json:"slotOffset"`
	// BodyOffset is written as the leading u32 when not zero: the first SSZ offset of a signed container.
	BodyOffset uint32 `json:"bodyOffset"`
	// Template, when given, is the object instead of a made-up one, or several of SizeBytes each, sent in turn.
	Template []byte `json:"template"`
	// Stamps are the numbers that are replaced. When absent, each payload gets a serial number as its last 8 bytes.
	Stamps []stamp `json:"stamps"`
}

// stamp is a number that is written into each payload, as a little-endian u64.
type stamp struct {
	Offset int        `json:"offset"`
	Value  stampValue `json:"value"`
	// Below, when not zero, is what turn and serial stay below.
	Below uint64 `json:"below"`
}

type stampValue string

const (
	stampSlot stampValue = "slot"
	// stampEpoch is the epoch of the slot.
	stampEpoch stampValue = "epoch"
	// stampSlotStart is when the slot begins, in seconds of Unix time.
	stampSlotStart stampValue = "slotStart"
	// stampTopicNumber is the subnet or column that the topic's name ends with.
	stampTopicNumber stampValue = "topicNumber"
	// stampTurn counts the payloads of a topic.
	stampTurn stampValue = "turn"
	// stampSerial is another number for each payload, in no order. Below must be a power of two.
	stampSerial stampValue = "serial"
)

var stampValues = []stampValue{stampSlot, stampEpoch, stampSlotStart, stampTopicNumber, stampTurn, stampSerial}

const (
	stampBytes = 8
	// slotsPerEpoch is SLOTS_PER_EPOCH of the mainnet preset (presets/mainnet/phase0.yaml).
	slotsPerEpoch = 32
	// scatter is odd, so that its multiples repeat no number below a power of two before all have come (Knuth's
	// multiplicative hash).
	scatter = 0x9e3779b97f4a7c15
)

// moment is when a payload is sent, and where.
type moment struct {
	topic            string
	slot             uint64
	slotStartSeconds uint64
}

// payloadSource makes payloads of one shape that differ from each other, cheaply enough for a load generator: what they
// have in common is made once.
type payloadSource struct {
	shape  payloadShape
	base   []byte
	serial uint64
	made   int
	// turns counts by topic.
	turns map[string]uint64
}

// check finds what cannot be sent.
func (shape payloadShape) check() error {
	size := shape.SizeBytes
	if len(shape.Template) > 0 && size > 0 && len(shape.Template)%size != 0 {
		return fmt.Errorf("a template of %d bytes is not of objects of %d", len(shape.Template), size)
	}
	for _, one := range shape.Stamps {
		if !slices.Contains(stampValues, one.Value) {
			return fmt.Errorf("no stamp is called %q", one.Value)
		}
		if one.Offset < 0 || one.Offset+stampBytes > size {
			return fmt.Errorf("a stamp at %d is outside of %d bytes", one.Offset, size)
		}
	}
	return nil
}

func newPayloadSource(shape payloadShape) *payloadSource {
	source := &payloadSource{shape: shape, base: shape.Template, serial: rand.Uint64(), turns: map[string]uint64{}}
	if len(shape.Template) > 0 {
		return source
	}
	source.base = make([]byte, shape.SizeBytes)
	for i := range source.base {
		if i%blockBytes < blockBytes/2 {
			source.base[i] = byte(rand.Uint32())
		}
	}
	if shape.BodyOffset != 0 && len(source.base) >= 4 {
		binary.LittleEndian.PutUint32(source.base, shape.BodyOffset)
	}
	return source
}

// sizeBytes is how long each payload is.
func (s *payloadSource) sizeBytes() int {
	if s.shape.SizeBytes == 0 {
		return len(s.base)
	}
	return s.shape.SizeBytes
}

// next returns a payload that no earlier call returned, unless the shape says otherwise. The slice is the caller's.
func (s *payloadSource) next(at moment) []byte {
	payload := append([]byte(nil), s.object()...)
	s.serial++
	s.made++
	if s.shape.Stamps == nil && len(payload) >= stampBytes {
		binary.LittleEndian.PutUint64(payload[len(payload)-stampBytes:], s.serial)
	}
	if offset := s.shape.SlotOffset; offset != nil && *offset >= 0 && *offset+stampBytes <= len(payload) {
		binary.LittleEndian.PutUint64(payload[*offset:], at.slot)
	}
	for _, one := range s.shape.Stamps {
		binary.LittleEndian.PutUint64(payload[one.Offset:], s.numberOf(one, at))
	}
	s.turns[at.topic]++
	return payload
}

// object is the one of the template whose turn it is.
func (s *payloadSource) object() []byte {
	size := s.sizeBytes()
	if size == 0 {
		return nil
	}
	start := s.made % (len(s.base) / size) * size
	return s.base[start : start+size]
}

func (s *payloadSource) numberOf(one stamp, at moment) uint64 {
	switch one.Value {
	case stampSlot:
		return at.slot
	case stampEpoch:
		return at.slot / slotsPerEpoch
	case stampSlotStart:
		return at.slotStartSeconds
	case stampTopicNumber:
		return topicNumber(at.topic)
	case stampTurn:
		return below(s.turns[at.topic], one.Below)
	default:
		return below(s.serial*scatter, one.Below)
	}
}

func below(number, bound uint64) uint64 {
	if bound == 0 {
		return number
	}
	return number % bound
}

// topicNumber is 0 for a topic without one.
func topicNumber(topic string) uint64 {
	parts := strings.Split(topic, "/")
	if len(parts) < 4 {
		return 0
	}
	number, _ := strconv.ParseUint(parts[3][strings.LastIndexByte(parts[3], '_')+1:], 10, 64)
	return number
}

package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// The few fields of rpc.proto the fan needs, read without building objects: at thousands of messages a second to dozens
// of peers a decoder that allocates would cost as much as the relay that is measured.

// Field numbers of go-libp2p-pubsub's rpc.proto.
const (
	rpcSubscriptions    = 1
	rpcPublish          = 2
	rpcControl          = 3
	subscriptionOn      = 1
	subscriptionTopic   = 2
	messageData         = 2
	messageTopic        = 4
	controlGraft        = 3
	controlPrune        = 4
	controlIDontWant    = 5
	graftTopic          = 1
	pruneTopic          = 1
	pruneBackoff        = 3
	iDontWantMessageIDs = 1
)

// Wire types of protobuf.
const (
	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireFixed32 = 5
)

var errBadProtobuf = errors.New("not protobuf")

// field is one field of a protobuf message: number holds a varint's value, bytes what has a length.
type field struct {
	tag    uint64
	number uint64
	bytes  []byte
}

// nextField cuts the first field off.
func nextField(from []byte) (found field, rest []byte, err error) {
	key, n := binary.Uvarint(from)
	if n <= 0 {
		return field{}, nil, errBadProtobuf
	}
	found, rest = field{tag: key >> 3}, from[n:]
	switch key & 7 {
	case wireVarint:
		if found.number, n = binary.Uvarint(rest); n <= 0 {
			return field{}, nil, errBadProtobuf
		}
		return found, rest[n:], nil
	case wireBytes:
		length, n := binary.Uvarint(rest)
		if n <= 0 || length > uint64(len(rest)-n) {
			return field{}, nil, errBadProtobuf
		}
		found.bytes = rest[n : n+int(length)]
		return found, rest[n+int(length):], nil
	case wireFixed64:
		return skipped(found, rest, 8)
	case wireFixed32:
		return skipped(found, rest, 4)
	default:
		return field{}, nil, errBadProtobuf
	}
}

func skipped(found field, rest []byte, size int) (field, []byte, error) {
	if len(rest) < size {
		return field{}, nil, errBadProtobuf
	}
	return found, rest[size:], nil
}

// eachField calls visit for every field in order. RPCs joined into one frame are one message to protobuf, and so here.
func eachField(message []byte, visit func(field) error) error {
	for len(message) > 0 {
		found, rest, err := nextField(message)
		if err != nil {
			return err
		}
		if err := visit(found); err != nil {
			return err
		}
		message = rest
	}
	return nil
}

// rpcVisitor is told what an RPC says. Slices are valid during the call only.
type rpcVisitor interface {
	onSubscription(topic []byte, on bool)
	onMessage(topic []byte, data []byte)
	onGraft(topic []byte)
	onPrune(topic []byte, backoffSeconds uint64)
	onUnwanted(id []byte)
}

// visitRPC tells all of an RPC but IHAVE and IWANT: the fan asks for nothing and offers nothing.
func visitRPC(rpc []byte, visitor rpcVisitor) error {
	return eachField(rpc, func(part field) error {
		switch part.tag {
		case rpcSubscriptions:
			return visitSubscription(part.bytes, visitor)
		case rpcPublish:
			return visitMessage(part.bytes, visitor)
		case rpcControl:
			return visitControl(part.bytes, visitor)
		}
		return nil
	})
}

func visitSubscription(subscription []byte, visitor rpcVisitor) error {
	var topic []byte
	on := false
	err := eachField(subscription, func(part field) error {
		switch part.tag {
		case subscriptionOn:
			on = part.number != 0
		case subscriptionTopic:
			topic = part.bytes
		}
		return nil
	})
	if err == nil {
		visitor.onSubscription(topic, on)
	}
	return err
}

// visitMessage is the hot path: a loop of its own, without a closure.
func visitMessage(message []byte, visitor rpcVisitor) error {
	var topic, data []byte
	for len(message) > 0 {
		part, rest, err := nextField(message)
		if err != nil {
			return err
		}
		switch part.tag {
		case messageData:
			data = part.bytes
		case messageTopic:
			topic = part.bytes
		}
		message = rest
	}
	visitor.onMessage(topic, data)
	return nil
}

func visitControl(control []byte, visitor rpcVisitor) error {
	return eachField(control, func(part field) error {
		switch part.tag {
		case controlGraft:
			return eachField(part.bytes, func(inner field) error {
				if inner.tag == graftTopic {
					visitor.onGraft(inner.bytes)
				}
				return nil
			})
		case controlPrune:
			return visitPrune(part.bytes, visitor)
		case controlIDontWant:
			return eachField(part.bytes, func(inner field) error {
				if inner.tag == iDontWantMessageIDs {
					visitor.onUnwanted(inner.bytes)
				}
				return nil
			})
		}
		return nil
	})
}

func visitPrune(prune []byte, visitor rpcVisitor) error {
	var topic []byte
	backoffSeconds := uint64(0)
	err := eachField(prune, func(part field) error {
		switch part.tag {
		case pruneTopic:
			topic = part.bytes
		case pruneBackoff:
			backoffSeconds = part.number
		}
		return nil
	})
	if err == nil {
		visitor.onPrune(topic, backoffSeconds)
	}
	return err
}

// publishFrame is the length-prefixed RPC that publishes one message, and where its data lies in it.
func publishFrame(topic string, data []byte) (framed []byte, dataInFrame []byte) {
	messageBytes := sizeOfBytes(len(data)) + sizeOfBytes(len(topic))
	rpcBytes := sizeOfBytes(messageBytes)
	framed = make([]byte, 0, uvarintBytes(uint64(rpcBytes))+rpcBytes)
	framed = binary.AppendUvarint(framed, uint64(rpcBytes))
	framed = appendKey(framed, rpcPublish, messageBytes)
	framed = appendKey(framed, messageData, len(data))
	from := len(framed)
	framed = append(framed, data...)
	dataInFrame = framed[from:len(framed):len(framed)]
	framed = appendKey(framed, messageTopic, len(topic))
	return append(framed, topic...), dataInFrame
}

// appendKey appends the key of a field below 16 that has a length, and the length.
func appendKey(to []byte, tag uint64, length int) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(to, tag<<3|wireBytes), uint64(length))
}

// sizeOfBytes is the size of a field below 16 whose value has so many bytes.
func sizeOfBytes(length int) int { return 1 + uvarintBytes(uint64(length)) + length }

func uvarintBytes(value uint64) int {
	size := 1
	for ; value >= 0x80; value >>= 7 {
		size++
	}
	return size
}

// frameReader reads length-prefixed RPCs into one buffer that grows to the largest.
type frameReader struct {
	in     *bufio.Reader
	buffer []byte
}

// next returns the next RPC, valid until the next call.
func (r *frameReader) next() ([]byte, error) {
	length, err := binary.ReadUvarint(r.in)
	if err != nil {
		return nil, err
	}
	if length > maxRPCBytes {
		return nil, errors.New("an RPC of that size is not allowed")
	}
	if uint64(cap(r.buffer)) < length {
		r.buffer = make([]byte, length)
	}
	body := r.buffer[:length]
	_, err = io.ReadFull(r.in, body)
	return body, err
}

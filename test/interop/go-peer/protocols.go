package main

import (
	"fmt"

	"github.com/libp2p/go-libp2p/core/protocol"
)

// rpcProtocol is one Req/Resp protocol as this peer speaks it: sizes of the SSZ both ways and how to show it.
type rpcProtocol struct {
	// name is the short form used on the control channel, such as "status/2".
	name          string
	requestBytes  int
	responseBytes int
	describe      func(ssz []byte) (any, error)
}

func describeStatus(ssz []byte) (any, error)   { return decodeStatus(ssz) }
func describeMetadata(ssz []byte) (any, error) { return decodeMetadata(ssz) }
func describeUint64(ssz []byte) (any, error)   { return decodeUint64(ssz) }

// rpcProtocols is everything a peer that serves no blocks has to speak.
var rpcProtocols = map[string]rpcProtocol{
	"status/1":   {"status/1", statusV1Bytes, statusV1Bytes, describeStatus},
	"status/2":   {"status/2", statusV2Bytes, statusV2Bytes, describeStatus},
	"ping/1":     {"ping/1", 8, 8, describeUint64},
	"goodbye/1":  {"goodbye/1", 8, 8, describeUint64},
	"metadata/1": {"metadata/1", 0, metadataBytes[1], describeMetadata},
	"metadata/2": {"metadata/2", 0, metadataBytes[2], describeMetadata},
	"metadata/3": {"metadata/3", 0, metadataBytes[3], describeMetadata},
}

// protocolID turns the short form into the id on the wire.
func protocolID(name string) protocol.ID {
	return protocol.ID("/eth2/beacon_chain/req/" + name + "/ssz_snappy")
}

// localView is what this peer says about itself.
type localView struct {
	Status   status   `json:"status"`
	Metadata metadata `json:"metadata"`
}

// answer is the SSZ this view gives to a request of a protocol; goodbye is echoed as success with reason 0.
func (v localView) answer(name string) ([]byte, error) {
	switch name {
	case "status/1":
		return encodeStatus(v.Status, 1)
	case "status/2":
		return encodeStatus(v.Status, 2)
	case "ping/1":
		return encodeUint64(v.Metadata.SeqNumber), nil
	case "goodbye/1":
		return encodeUint64(0), nil
	case "metadata/1":
		return encodeMetadata(v.Metadata, 1)
	case "metadata/2":
		return encodeMetadata(v.Metadata, 2)
	case "metadata/3":
		return encodeMetadata(v.Metadata, 3)
	default:
		return nil, fmt.Errorf("no such protocol: %s", name)
	}
}

package main

import (
	"encoding/hex"

	pb "github.com/libp2p/go-libp2p-pubsub/pb"
)

// wireRPC is one gossipsub RPC as tests read and write it: ids and data in hex, nothing that is not said.
type wireRPC struct {
	Subscribe   []string      `json:"subscribe,omitempty"`
	Unsubscribe []string      `json:"unsubscribe,omitempty"`
	Publish     []wireMessage `json:"publish,omitempty"`
	Graft       []string      `json:"graft,omitempty"`
	Prune       []wirePrune   `json:"prune,omitempty"`
	IHave       []wireIHave   `json:"ihave,omitempty"`
	IWant       []string      `json:"iwant,omitempty"`
	IDontWant   []string      `json:"idontwant,omitempty"`
}

// wireMessage is a published message: Data is compressed. ID is only told, never read.
type wireMessage struct {
	Topic string `json:"topic"`
	Data  string `json:"data"`
	ID    string `json:"id,omitempty"`
}

type wirePrune struct {
	Topic       string `json:"topic"`
	BackoffSecs uint64 `json:"backoffSecs"`
}

type wireIHave struct {
	Topic string   `json:"topic"`
	IDs   []string `json:"ids"`
}

// maxShownData bounds the data of a message that is reported: beyond it a test compares ids.
const maxShownData = 4096

func encodeWireRPC(rpc *pb.RPC) wireRPC {
	shown := wireRPC{}
	for _, sub := range rpc.GetSubscriptions() {
		if sub.GetSubscribe() {
			shown.Subscribe = append(shown.Subscribe, sub.GetTopicid())
		} else {
			shown.Unsubscribe = append(shown.Unsubscribe, sub.GetTopicid())
		}
	}
	for _, message := range rpc.GetPublish() {
		id := hex.EncodeToString([]byte(pubsubMessageID(message)))
		data := message.GetData()
		data = data[:min(len(data), maxShownData)]
		shown.Publish = append(shown.Publish, wireMessage{message.GetTopic(), hex.EncodeToString(data), id})
	}
	control := rpc.GetControl()
	for _, graft := range control.GetGraft() {
		shown.Graft = append(shown.Graft, graft.GetTopicID())
	}
	for _, prune := range control.GetPrune() {
		shown.Prune = append(shown.Prune, wirePrune{prune.GetTopicID(), prune.GetBackoff()})
	}
	for _, ihave := range control.GetIhave() {
		shown.IHave = append(shown.IHave, wireIHave{ihave.GetTopicID(), toHexes(ihave.GetMessageIDs())})
	}
	for _, iwant := range control.GetIwant() {
		shown.IWant = append(shown.IWant, toHexes(iwant.GetMessageIDs())...)
	}
	for _, unwanted := range control.GetIdontwant() {
		shown.IDontWant = append(shown.IDontWant, toHexes(unwanted.GetMessageIDs())...)
	}
	return shown
}

// decode makes the RPC. @error for hex that is none
func (w wireRPC) decode() (*pb.RPC, error) {
	rpc := &pb.RPC{}
	for _, topic := range w.Subscribe {
		rpc.Subscriptions = append(rpc.Subscriptions, subscriptionTo(topic, true))
	}
	for _, topic := range w.Unsubscribe {
		rpc.Subscriptions = append(rpc.Subscriptions, subscriptionTo(topic, false))
	}
	for _, message := range w.Publish {
		data, err := hexDecode(message.Data)
		if err != nil {
			return nil, err
		}
		rpc.Publish = append(rpc.Publish, &pb.Message{Topic: &message.Topic, Data: data})
	}
	control, err := w.control()
	if err != nil {
		return nil, err
	}
	rpc.Control = control
	return rpc, nil
}

func subscriptionTo(topic string, subscribe bool) *pb.RPC_SubOpts {
	return &pb.RPC_SubOpts{Topicid: &topic, Subscribe: &subscribe}
}

// control is nil when there is nothing to say.
func (w wireRPC) control() (*pb.ControlMessage, error) {
	if len(w.Graft)+len(w.Prune)+len(w.IHave)+len(w.IWant)+len(w.IDontWant) == 0 {
		return nil, nil
	}
	control := &pb.ControlMessage{}
	for _, topic := range w.Graft {
		control.Graft = append(control.Graft, &pb.ControlGraft{TopicID: &topic})
	}
	for _, prune := range w.Prune {
		control.Prune = append(control.Prune, &pb.ControlPrune{TopicID: &prune.Topic, Backoff: &prune.BackoffSecs})
	}
	for _, ihave := range w.IHave {
		ids, err := fromHexes(ihave.IDs)
		if err != nil {
			return nil, err
		}
		control.Ihave = append(control.Ihave, &pb.ControlIHave{TopicID: &ihave.Topic, MessageIDs: ids})
	}
	if len(w.IWant) > 0 {
		ids, err := fromHexes(w.IWant)
		if err != nil {
			return nil, err
		}
		control.Iwant = []*pb.ControlIWant{{MessageIDs: ids}}
	}
	if len(w.IDontWant) > 0 {
		ids, err := fromHexes(w.IDontWant)
		if err != nil {
			return nil, err
		}
		control.Idontwant = []*pb.ControlIDontWant{{MessageIDs: ids}}
	}
	return control, nil
}

func toHexes(ids []string) []string {
	shown := make([]string, len(ids))
	for i, id := range ids {
		shown[i] = hex.EncodeToString([]byte(id))
	}
	return shown
}

func fromHexes(ids []string) ([]string, error) {
	decoded := make([]string, len(ids))
	for i, id := range ids {
		raw, err := hexDecode(id)
		if err != nil {
			return nil, err
		}
		decoded[i] = string(raw)
	}
	return decoded, nil
}

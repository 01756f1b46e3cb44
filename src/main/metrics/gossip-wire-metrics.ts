import type { ControlTraffic, GossipWireView } from '../../rpc/metrics-view.ts'
import { byNameRow, type MetricRow, numberRow } from './metric-row.ts'

type ControlFigure = Exclude<keyof ControlTraffic, 'control' | 'listsIds'>

function controlRow(name: string, help: string, figure: ControlFigure): MetricRow {
  const isOfIds = figure === 'receivedIds' || figure === 'sentIds'
  return byNameRow('counter', `starling_gossip_${name}_total`, 'control', help, ({ wire }) =>
    Object.fromEntries(
      wire.control
        .filter(({ listsIds }) => listsIds || !isOfIds)
        .map(({ control, [figure]: value }) => [control, value]),
    ),
  )
}

function total(thing: string, help: string, read: (wire: GossipWireView) => number): MetricRow {
  return numberRow('counter', `starling_gossip_${thing}_total`, help, ({ wire }) => read(wire))
}

/** What gossipsub does beside payloads: control, whole streams, what it keeps and what it thinks of its peers. */
export const GOSSIP_WIRE_METRICS: readonly MetricRow[] = [
  controlRow(
    'received_control_messages',
    'Control messages received, by kind; of ignored peers too.',
    'receivedMessages',
  ),
  controlRow('received_control_ids', 'Message ids in the control messages received, by kind.', 'receivedIds'),
  controlRow('sent_control_messages', 'Control messages sent, by kind.', 'sentMessages'),
  controlRow('sent_control_ids', 'Message ids in the control messages sent, by kind.', 'sentIds'),
  total(
    'received_stream_bytes',
    'Bytes read from gossip streams: whole RPCs, control and length prefixes included.',
    ({ receivedBytes }) => receivedBytes,
  ),
  total(
    'sent_stream_bytes',
    'Bytes handed to gossip streams: whole RPCs, control and length prefixes included.',
    ({ sentBytes }) => sentBytes,
  ),
  total('received_rpcs', 'RPCs read from gossip streams.', ({ receivedRpcs }) => receivedRpcs),
  total('sent_rpcs', 'RPCs handed to gossip streams.', ({ sentRpcs }) => sentRpcs),
  total(
    'iwant_answered_messages',
    'Messages sent because a peer asked for them; not among those forwarded.',
    ({ iwantAnswers }) => iwantAnswers,
  ),
  total(
    'broken_promises',
    'Messages announced, asked for and not sent in time; one of each request is watched.',
    ({ brokenPromises }) => brokenPromises,
  ),
  total(
    'spared_sent_messages',
    'Copies not sent to peers that had the message, by their IDONTWANT or since they sent it themselves.',
    ({ sparedSent }) => sparedSent.messages,
  ),
  total(
    'spared_sent_bytes',
    'Bytes of those copies not sent to peers that had the message, length prefixes included.',
    ({ sparedSent }) => sparedSent.bytes,
  ),
  total(
    'spared_received_messages',
    'Blocks and sidecars that a peer had before our copy came, by its IDONTWANT, and did not send us.',
    ({ sparedReceived }) => sparedReceived.messages,
  ),
  total(
    'spared_received_bytes',
    'Bytes of those blocks and sidecars that peers had and did not send us, length prefixes included.',
    ({ sparedReceived }) => sparedReceived.bytes,
  ),
  total(
    'uplink_waited_messages',
    'Copies of long messages that waited until the uplink had room for them (--uplink-mbits).',
    ({ uplinkWaited }) => uplinkWaited.messages,
  ),
  total(
    'uplink_waited_bytes',
    'Bytes of those copies that waited for the uplink, length prefixes included.',
    ({ uplinkWaited }) => uplinkWaited.bytes,
  ),
  numberRow(
    'gauge',
    'starling_gossip_uplink_waiting_bytes',
    'Bytes of copies that wait for the uplink now; copies of one message count each.',
    ({ wire }) => wire.uplinkWaitingBytes,
  ),
  byNameRow(
    'counter',
    'starling_gossip_mesh_replaced_peers_total',
    'reason',
    'Mesh members that went for others: for a nearer one (nearer_peer), or, having brought next to nothing first, for one not tried yet (earlier_peer).',
    ({ wire }) => wire.replacedPeers,
  ),
  byNameRow(
    'gauge',
    'starling_gossip_cache_entries',
    'cache',
    'What gossipsub keeps: promise is messages it waits for, topic those that peers are in, score peers remembered.',
    ({ wire }) => wire.cacheEntries,
  ),
  byNameRow(
    'gauge',
    'starling_gossip_score_peers',
    'band',
    'Peers by gossip score: below -16000, -8000, -4000 and 0, at 0, above.',
    ({ wire }) => wire.peersByBand,
  ),
]

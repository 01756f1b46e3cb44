import type { DiscoveryMetricsView, DiscoveryWorkerView, Tally } from '../../rpc/discovery-views.ts'
import { byNameRow, type MetricRow, workerRow } from './metric-row.ts'

type NumberOf<View> = { [Name in keyof View]: View[Name] extends number ? Name : never }[keyof View]
type TallyOf<View> = { [Name in keyof View]: View[Name] extends Tally ? Name : never }[keyof View]

function name(thing: string, type: MetricRow['type']): string {
  return `starling_discovery_${thing}${type === 'counter' ? '_total' : ''}`
}

/** A number that the network thread counts; there is none without discovery. */
function ownRow(
  type: MetricRow['type'],
  thing: string,
  help: string,
  figure: NumberOf<DiscoveryMetricsView>,
): MetricRow {
  return workerRow({
    ...{ name: name(thing, type), type, help, labels: [] },
    samples: ({ discovery }) => (discovery === null ? [] : [{ value: discovery[figure] }]),
  })
}

/** A number that the discovery thread counts; there is none while that does not answer. */
function threadRow(
  type: MetricRow['type'],
  thing: string,
  help: string,
  figure: Exclude<NumberOf<DiscoveryWorkerView>, 'kademliaAlpha' | 'kademliaK'>,
): MetricRow {
  return workerRow({
    ...{ name: name(thing, type), type, help, labels: [] },
    samples: ({ discovery }) => (discovery?.worker == null ? [] : [{ value: discovery.worker[figure] }]),
  })
}

function threadTally(thing: string, label: string, help: string, figure: TallyOf<DiscoveryWorkerView>): MetricRow {
  return byNameRow('counter', name(thing, 'counter'), label, help, ({ discovery }) => discovery?.worker?.[figure] ?? {})
}

/** What discovery found and whom it would dial, and discv5 itself. */
export const DISCOVERY_METRICS: readonly MetricRow[] = [
  workerRow({
    name: 'starling_discovery_answering_state',
    type: 'gauge',
    help: '1 while the discovery thread answers, else 0; then what it counts is missing. None without discovery.',
    labels: [],
    samples: ({ discovery }) => (discovery === null ? [] : [{ value: discovery.worker === null ? 0 : 1 }]),
  }),
  ownRow('counter', 'thread_restarts', 'Times that the discovery thread was started anew.', 'workerRestarts'),
  ownRow('gauge', 'known_records', 'Records of peers of our network, kept for dialling.', 'knownRecords'),
  ownRow('counter', 'dropped_records', 'Records given up for lack of room.', 'droppedRecords'),
  ownRow('gauge', 'discovered_peers', 'Peers ever discovered, earlier runs included.', 'discoveredPeers'),
  byNameRow(
    'counter',
    name('judged_records', 'counter'),
    'fork',
    'Records heard of, by their fork: current or next, ours; other, of another network or fork; none, of no consensus node.',
    ({ discovery }) => discovery?.judgedRecords ?? {},
  ),
  ownRow('gauge', 'dial_candidates', 'Peers that wait to be dialled.', 'dialCandidates'),
  ownRow('counter', 'dropped_candidates', 'Candidates given up for lack of room.', 'droppedCandidates'),
  ownRow('gauge', 'stray_nodes', 'Nodes that follow a schedule we do not know; 0 without an alert.', 'strayNodes'),
  threadRow('gauge', 'routing_table_nodes', 'Nodes in the routing table.', 'routingTableSize'),
  threadRow('gauge', 'connected_nodes', 'Nodes of the routing table that answer.', 'connectedNodes'),
  threadRow('gauge', 'open_sessions', 'Sessions with other nodes.', 'sessions'),
  threadRow('counter', 'lookups', 'Lookups begun.', 'lookups'),
  threadRow('gauge', 'running_lookups', 'Lookups that run now.', 'lookupsRunning'),
  threadRow('counter', 'received_packets', 'UDP packets received.', 'packetsIn'),
  threadRow('counter', 'sent_packets', 'UDP packets sent.', 'packetsOut'),
  threadRow('counter', 'received_bytes', 'Bytes of the packets received.', 'bytesIn'),
  threadRow('counter', 'sent_bytes', 'Bytes of the packets sent.', 'bytesOut'),
  threadTally('dropped_packets', 'reason', 'Packets received and not worked on, by reason.', 'droppedPackets'),
  threadTally('received_messages', 'type', 'Messages of discv5 received, by type.', 'messagesIn'),
  threadTally('sent_messages', 'type', 'Messages of discv5 sent, by type.', 'messagesOut'),
]

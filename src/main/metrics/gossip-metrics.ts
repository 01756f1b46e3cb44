import type { KindMesh, KindTraffic, MetricsView } from '../../rpc/metrics-view.ts'
import { byNameRow, type MetricRow, numberRow, workerRow } from './metric-row.ts'

type Figure = Exclude<keyof KindTraffic, 'kind'>
type MeshFigure = Exclude<keyof KindMesh, 'kind'>

function trafficRow(name: string, help: string, figure: Figure): MetricRow {
  const read = ({ traffic }: MetricsView) => Object.fromEntries(traffic.map((row) => [row.kind, row[figure]]))
  return byNameRow('counter', name, 'kind', help, read)
}

/** A kind that we are in no topic of has no smallest mesh, and a 0 would look like a lonely one. */
function meshRow(name: string, help: string, figure: MeshFigure): MetricRow {
  const read = ({ meshes }: MetricsView) =>
    Object.fromEntries(meshes.flatMap(({ kind, [figure]: value }) => (value === undefined ? [] : [[kind, value]])))
  return byNameRow('gauge', name, 'kind', help, read)
}

function total(thing: string, help: string, read: (view: MetricsView) => number): MetricRow {
  return numberRow('counter', `starling_gossip_${thing}_total`, help, read)
}

/** Messages and meshes. Sizes are those of payloads as they travel, compressed. */
export const GOSSIP_METRICS: readonly MetricRow[] = [
  trafficRow(
    'starling_gossip_received_messages_total',
    'Messages received, copies included, by kind of topic; unknown: of topics we are not in.',
    'receivedMessages',
  ),
  trafficRow(
    'starling_gossip_received_bytes_total',
    'Compressed payload of the messages received, by kind of topic.',
    'receivedBytes',
  ),
  trafficRow(
    'starling_gossip_forwarded_messages_total',
    'Copies handed to peers, by kind of topic.',
    'forwardedMessages',
  ),
  trafficRow(
    'starling_gossip_forwarded_bytes_total',
    'Compressed payload of the copies handed to peers, by kind of topic.',
    'forwardedBytes',
  ),
  trafficRow(
    'starling_gossip_duplicate_messages_total',
    'Copies of messages that had come before, by kind of topic.',
    'duplicateMessages',
  ),
  total('accepted_messages', 'Messages that passed the checks.', ({ counters }) => counters.acceptedMessages),
  total('accepted_blocks', 'Blocks that passed the checks.', ({ counters }) => counters.acceptedBlocks),
  total('ignored_messages', 'Messages dropped without blame.', ({ counters }) => counters.ignoredMessages),
  total('rejected_messages', 'Messages held against their sender.', ({ counters }) => counters.rejectedMessages),
  byNameRow(
    'counter',
    'starling_gossip_refused_messages_total',
    'reason',
    'Messages ignored or rejected, by reason.',
    ({ refused }) => refused,
  ),
  numberRow(
    'gauge',
    'starling_gossip_held_messages',
    'Messages that wait for other peers to send them too.',
    ({ heldMessages }) => heldMessages,
  ),
  numberRow(
    'gauge',
    'starling_gossip_forgery_state',
    '1 while blocks wait for a second peer: two of one slot came in the last two epochs, and could not be verified.',
    ({ isForgeryAbout }) => (isForgeryAbout ? 1 : 0),
  ),
  workerRow({
    name: 'starling_gossip_verified_messages_total',
    type: 'counter',
    help: 'Messages whose signatures and proofs were to be verified, by kind and outcome: valid, invalid, proven (KZG proofs right, no key known), disproven (KZG proofs wrong), or no answer for lack of a key or of room (queue_full), a key that is none (bad_key), a job that failed, another proposer than the lookahead has (other_proposer), a block that is too dear to hash (too_long).',
    labels: ['kind', 'outcome'],
    samples: ({ verified }) =>
      verified.map(({ kind, outcome, count }) => ({ labels: { kind, outcome }, value: count })),
  }),
  workerRow({
    name: 'starling_gossip_dropped_messages_total',
    type: 'counter',
    help: 'Copies that did not reach a peer, and messages received that there was no room for (inbound_full), by reason and class.',
    labels: ['reason', 'class'],
    samples: ({ dropped }) =>
      dropped.map(({ reason, messageClass, messages }) => ({
        labels: { reason, class: messageClass },
        value: messages,
      })),
  }),
  meshRow('starling_gossip_mesh_peers', 'Mesh links, summed over the topics of a kind.', 'meshPeers'),
  meshRow(
    'starling_gossip_mesh_smallest_peers',
    'Links of the smallest mesh among the topics of a kind.',
    'smallestMesh',
  ),
  meshRow('starling_gossip_mesh_largest_peers', 'Links of the largest mesh among the topics of a kind.', 'largestMesh'),
  meshRow('starling_gossip_joined_topics', 'Topics we are in, by kind.', 'topics'),
]

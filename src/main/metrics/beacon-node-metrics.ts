import { BEACON_NODE_STATES } from '../../beacon-node/beacon-node.ts'
import type { BeaconLinkView } from '../beacon-link.ts'
import type { MetricRow, Sample } from './metric-row.ts'

type OfBeaconNode = Omit<MetricRow, 'samples'> & { samples(view: BeaconLinkView): readonly Sample[] }

/** A row without samples where there is no `--beacon-node`. */
function beaconRow({ samples, ...row }: OfBeaconNode): MetricRow {
  return { ...row, samples: ({ beaconNode }) => (beaconNode === undefined ? [] : samples(beaconNode)) }
}

function beaconNumber(
  type: MetricRow['type'],
  name: string,
  help: string,
  read: (view: BeaconLinkView) => number,
): MetricRow {
  return beaconRow({ name, type, help, labels: [], samples: (view) => [{ value: read(view) }] })
}

/** The operator's beacon node, and what it gave. */
export const BEACON_NODE_METRICS: readonly MetricRow[] = [
  beaconRow({
    name: 'starling_beacon_node_link_state',
    type: 'gauge',
    help: '1 for the state the beacon node is in, 0 for the others: connecting, ready, syncing, away, mismatch.',
    labels: ['state'],
    samples: ({ state }) =>
      BEACON_NODE_STATES.map((name) => ({ labels: { state: name }, value: Number(name === state) })),
  }),
  beaconRow({
    name: 'starling_beacon_node_failures_total',
    type: 'counter',
    help: 'Requests to the beacon node that gave nothing to use, by why.',
    labels: ['reason'],
    samples: ({ failures }) => Object.entries(failures).map(([reason, value]) => ({ labels: { reason }, value })),
  }),
  beaconNumber(
    'counter',
    'starling_beacon_node_rounds_total',
    'Rounds in which the beacon node told its head, finality and proposers.',
    ({ rounds }) => rounds,
  ),
  beaconNumber(
    'gauge',
    'starling_beacon_node_head_slot',
    'Slot of its head; 0 for none yet.',
    ({ headSlot }) => headSlot,
  ),
  beaconNumber(
    'gauge',
    'starling_beacon_node_finalized_epoch',
    'Its newest finalized epoch; 0 for none yet.',
    ({ finalizedEpoch }) => finalizedEpoch,
  ),
  beaconNumber(
    'gauge',
    'starling_beacon_node_validator_keys',
    'Validators whose keys the registry holds, those of a genesis state included.',
    ({ validatorKeys }) => validatorKeys,
  ),
]

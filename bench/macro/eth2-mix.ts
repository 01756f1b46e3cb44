/**
 * What a relay of a few subnets and columns sees of a mainnet slot, in a quarter of the time.
 *
 * Mainnet, 2025 and 2026, for each slot of 12 s (measured by others, see the sources):
 *
 * | class | messages a slot | SSZ bytes | when |
 * |---|---|---|---|
 * | block | 1 | 150 kB compressed in August 2025, 100 kB in 2023 | 1 to 4 s |
 * | data columns | 128, one a subnet | 356 + 2144 a blob: 30,372 with 14 | first seen p50 1.4 to 1.7 s, p95 3.0 to 3.2 s |
 * | attestations | 535 a subnet, 34,240 on 64 | 240 | burst around 4 s ± 1 s |
 * | sync committee messages | 128 a subnet, 512 on 4 | 144 | with the attestations |
 * | aggregates | up to 1,024 (64 committees of 16 aggregators) | about 511 | burst around 8 s |
 *
 * Four copies of five that come are duplicates; half of the first ones are within 73 ms.
 *
 * Here: 4 attestation subnets of 64 and 8 columns of 128 (SAMPLES_PER_SLOT of fulu/das-core.md), and one sync committee
 * subnet. A slot takes 3 s, so that its rhythm comes often in a window, and all times are a quarter. At `x1` short messages
 * have the rates of mainnet, a quarter of their number in a quarter of the time; a block and its columns are whole, so
 * they come four times as often as there. Higher multiples are of the short messages: `x16` has the attestations of all 64
 * subnets, on four topics.
 *
 * Sources: attestations, raulk, "gossip traffic" note of July 2025 (1.07 M validators); blocks, stengarl and
 * ethresear.ch/t/17346; columns, their SSZ and aubury.org; burst, SYNC_COMMITTEE_SIZE and TARGET_AGGREGATORS_PER_COMMITTEE
 * of the consensus specs; duplicates, reldo's Xatu figures of February 2026; first duplicates, ethresear.ch/t/19921.
 */
import type { FanRunOptions, FanStream } from '../../test/support/go-fan.ts'
import { blockShape, columnShape } from '../payloads/proposals.ts'
import { aggregateShape, attestationShape, syncMessageShape } from '../payloads/votes.ts'
import { fullTopic } from './traffic.ts'

/** How many times shorter everything is than on mainnet. */
const TIME_SCALE = 4
const MAINNET_SLOT_SECONDS = 12
export const MIX_SLOT_SECONDS = MAINNET_SLOT_SECONDS / TIME_SCALE

const SUBNETS = 4
const COLUMNS = 8
const ATTESTATION_NAMES = Array.from({ length: SUBNETS }, (_, subnet) => `beacon_attestation_${subnet}`)
const COLUMN_NAMES = Array.from({ length: COLUMNS }, (_, column) => `data_column_sidecar_${column}`)
const SYNC_NAME = 'sync_committee_0'
const AGGREGATE_NAME = 'beacon_aggregate_and_proof'
const BLOCK_NAME = 'beacon_block'

/** Gossip names of all topics of the mix. */
export const MIX_NAMES: readonly string[] = [
  BLOCK_NAME,
  ...COLUMN_NAMES,
  ...ATTESTATION_NAMES,
  AGGREGATE_NAME,
  SYNC_NAME,
]

/** 50 peers, of whom 13 are in each mesh: within the bounds of network load 5 (5 to 15). */
export const MIX_PARTS = { peers: 50, sinksPerTopic: 8, sendersPerTopic: 5 } as const

/**
 * Five senders of each message, so that four of five arrivals are duplicates. Four copies drawn evenly from 115 ms have
 * the first within 18 ms at the median, a quarter of mainnet's 73. An IDONTWANT takes 12 ms: a quarter of 50, which is
 * one way between continents.
 */
export const MIX_COPIES: FanRunOptions = { copies: 5, spreadMs: 115, unwantedDelayMs: 12 }

/** A compressed size between those of 2023 and 2025. */
const BLOCK_BYTES = 220_000
const BLOBS = 14

const ATTESTATIONS_PER_SUBNET = 535
const AGGREGATES = 1_024
const SYNC_MESSAGES_PER_SUBNET = 128

/** Times of mainnet in ms into the slot, as they are here. */
function between(fromMs: number, untilMs: number): { readonly fromMs: number; readonly overMs: number } {
  return { fromMs: fromMs / TIME_SCALE, overMs: (untilMs - fromMs) / TIME_SCALE }
}

type Kind = Pick<FanStream, 'name' | 'topics' | 'shape'>

function blockKind(topics: readonly string[], proposers: number): Kind {
  return { name: 'block', topics: [fullTopic(topics, BLOCK_NAME)], shape: blockShape(BLOCK_BYTES, proposers) }
}

function columnKind(topics: readonly string[], proposers: number): Kind {
  const chosen = COLUMN_NAMES.map((name) => fullTopic(topics, name))
  return { name: 'column', topics: chosen, shape: columnShape(BLOBS, proposers) }
}

function attestationKind(topics: readonly string[]): Kind {
  const chosen = ATTESTATION_NAMES.map((name) => fullTopic(topics, name))
  return { name: 'attestation', topics: chosen, shape: attestationShape() }
}

/**
 * A slot of the mix with so many times the short messages of mainnet, to topics out of `topics`.
 * @param proposers that take turns, where the network's slots are longer than those of the mix and have several blocks
 */
export function mixTraffic(topics: readonly string[], multiple: number, proposers = 1): readonly FanStream[] {
  const aQuarterOf = (messages: number): number => (messages * multiple) / TIME_SCALE
  return [
    { ...blockKind(topics, proposers), perSlot: 1, ...between(1_000, 4_000) },
    { ...columnKind(topics, proposers), perSlot: COLUMNS, ...between(1_200, 4_000) },
    { ...attestationKind(topics), perSlot: aQuarterOf(SUBNETS * ATTESTATIONS_PER_SUBNET), ...between(3_000, 5_000) },
    {
      ...{ name: 'aggregate', topics: [fullTopic(topics, AGGREGATE_NAME)], shape: aggregateShape() },
      ...{ perSlot: aQuarterOf(AGGREGATES), ...between(8_000, 9_000) },
    },
    {
      ...{ name: 'sync message', topics: [fullTopic(topics, SYNC_NAME)], shape: syncMessageShape() },
      ...{ perSlot: aQuarterOf(SYNC_MESSAGES_PER_SUBNET), ...between(3_000, 5_000) },
    },
  ]
}

/** Blocks and columns in the midst of a burst. No slot of mainnet has three blocks; they are so many that their p99 is one. */
const BURST_BLOCKS = 3
const BURST_COLUMNS = 2 * COLUMNS

/**
 * Blocks and columns when they are most in the way: while so many times the attestations of `x1` come, all within the
 * same half second of a slot.
 */
export function burstTraffic(topics: readonly string[], multiple: number): readonly FanStream[] {
  const attestations = (SUBNETS * ATTESTATIONS_PER_SUBNET * multiple) / TIME_SCALE
  return [
    { ...blockKind(topics, BURST_BLOCKS), perSlot: BURST_BLOCKS, ...between(3_400, 5_000) },
    { ...columnKind(topics, BURST_BLOCKS), perSlot: BURST_COLUMNS, ...between(3_400, 5_000) },
    { ...attestationKind(topics), perSlot: attestations, ...between(3_000, 5_000) },
  ]
}

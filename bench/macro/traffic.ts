/** The messages the benches send, on real topics. A relay that validates lets them pass. */
import type { PayloadShape } from '../../test/support/go-payload.ts'
import { blockShape } from '../payloads/proposals.ts'
import { attestationShape } from '../payloads/votes.ts'

/** One kind of message at one rate, spread over its topics in turn. */
export interface LoadStream {
  readonly name: string
  readonly topics: readonly string[]
  readonly ratePerSecond: number
  readonly shape: PayloadShape
  /** Published by the newcomers in turn, by the one publisher otherwise. */
  readonly ofNewcomers?: boolean
}

/** Mesh sizes of the baseline this is compared with (D 10). */
export const GOSSIP = { d: 10, dLow: 8, dHigh: 16 }

/** Four subnets: the baseline spreads small messages over four topics. */
export const ATTESTATION_SUBNETS: readonly number[] = [0, 1, 2, 3]
const BLOCK_NAME = 'beacon_block'
const BLOCK_BYTES = 120_000

/** Names of topics for blocks and for attestations on those subnets. */
export function gossipNames(subnets: readonly number[]): readonly string[] {
  return [...subnets.map(attestationName), BLOCK_NAME]
}

export const GOSSIP_NAMES = gossipNames(ATTESTATION_SUBNETS)

function attestationName(subnet: number): string {
  return `beacon_attestation_${subnet}`
}

/** Attestations over the subnets in turn, to topics out of `topics`. */
export function attestations(
  topics: readonly string[],
  ratePerSecond: number,
  subnets: readonly number[] = ATTESTATION_SUBNETS,
): LoadStream {
  const chosen = subnets.map((subnet) => fullTopic(topics, attestationName(subnet)))
  return { name: '240 B', topics: chosen, ratePerSecond, shape: attestationShape() }
}

/** Block-sized messages, to a topic out of `topics`. Where they are several a slot, `proposers` take turns. */
export function blocks(topics: readonly string[], ratePerSecond: number, proposers = 1): LoadStream {
  return {
    name: '120 kB',
    topics: [fullTopic(topics, BLOCK_NAME)],
    ratePerSecond,
    shape: blockShape(BLOCK_BYTES, proposers),
  }
}

/** The one of `topics` with that gossip name. @throws Error when there is none */
export function fullTopic(topics: readonly string[], name: string): string {
  const found = topics.find((topic) => topic.split('/')[3] === name)
  if (found === undefined) throw new Error(`the relay has no topic ${name}: ${topics.join(' ') || 'none at all'}`)
  return found
}

/** The messages the benches send. Topics are real ones, and a relay that checks sizes and slots lets them pass. */
import { madeBlock } from '../made-block.ts'

/** One kind of message at one rate, spread over its topics in turn. */
export interface LoadStream {
  readonly name: string
  readonly topics: readonly string[]
  readonly ratePerSecond: number
  readonly shape: {
    readonly sizeBytes: number
    /** Where the slot stands in the object, so that a relay that checks it lets it pass. */
    readonly slotOffset: number
    /** An object to send instead of a made-up one, base64; each copy gets its slot and other last 8 bytes. */
    readonly template?: string
  }
}

/** Mesh sizes of the baseline this is compared with (D 10). */
export const GOSSIP = { d: 10, dLow: 8, dHigh: 16 }

/** Four subnets: the baseline spreads small messages over four topics. */
export const ATTESTATION_SUBNETS = [0, 1, 2, 3]
const ATTESTATION_NAMES = ATTESTATION_SUBNETS.map((subnet) => `beacon_attestation_${subnet}`)
const BLOCK_NAMES = ['beacon_block']
export const GOSSIP_NAMES: readonly string[] = [...ATTESTATION_NAMES, ...BLOCK_NAMES]

/** SingleAttestation (electra): committee and attester index come before the slot. */
const ATTESTATION_SHAPE = { sizeBytes: 240, slotOffset: 16 }
/** SignedBeaconBlock: a 4-byte offset and the 96-byte signature come before the message, which begins with its slot. */
const BLOCK_SLOT_OFFSET = 100
const BLOCK_BYTES = 120_000

/** Attestation-sized messages over four subnets, to topics out of `topics`. */
export function attestations(topics: readonly string[], ratePerSecond: number): LoadStream {
  const chosen = ATTESTATION_NAMES.map((name) => fullTopic(topics, name))
  return { name: '240 B', topics: chosen, ratePerSecond, shape: ATTESTATION_SHAPE }
}

/** Block-sized messages, to a topic out of `topics`. */
export function blocks(topics: readonly string[], ratePerSecond: number): LoadStream {
  const chosen = BLOCK_NAMES.map((name) => fullTopic(topics, name))
  // One that can be decoded and hashed: the relay does so with what it shows of blocks.
  const template = Buffer.from(madeBlock(BLOCK_BYTES)).toString('base64')
  const shape = { sizeBytes: BLOCK_BYTES, slotOffset: BLOCK_SLOT_OFFSET, template }
  return { name: '120 kB', topics: chosen, ratePerSecond, shape }
}

/** The one of `topics` with that gossip name. @throws Error when there is none */
export function fullTopic(topics: readonly string[], name: string): string {
  const found = topics.find((topic) => topic.split('/')[3] === name)
  if (found === undefined) throw new Error(`the relay has no topic ${name}: ${topics.join(' ') || 'none at all'}`)
  return found
}

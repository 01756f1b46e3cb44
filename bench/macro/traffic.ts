/** The messages the benches send. Topics are real ones, and a relay that checks sizes and slots lets them pass. */
/** One kind of message at one rate, spread over its topics in turn. */
export interface LoadStream {
  readonly name: string
  readonly topics: readonly string[]
  readonly ratePerSecond: number
  readonly shape: {
    readonly sizeBytes: number
    /** Where the slot stands in the object, so that a relay that checks it lets it pass. */
    readonly slotOffset: number
    /** The first SSZ offset of a signed container, for a relay that checks it. */
    readonly bodyOffset?: number
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
const BLOCK_SHAPE = { sizeBytes: 120_000, slotOffset: 100, bodyOffset: 100 }

/** Attestation-sized messages over four subnets, to topics out of `topics`. */
export function attestations(topics: readonly string[], ratePerSecond: number): LoadStream {
  const chosen = ATTESTATION_NAMES.map((name) => fullTopic(topics, name))
  return { name: '240 B', topics: chosen, ratePerSecond, shape: ATTESTATION_SHAPE }
}

/** Block-sized messages, to a topic out of `topics`. */
export function blocks(topics: readonly string[], ratePerSecond: number): LoadStream {
  const chosen = BLOCK_NAMES.map((name) => fullTopic(topics, name))
  return { name: '120 kB', topics: chosen, ratePerSecond, shape: BLOCK_SHAPE }
}

/** The one of `topics` with that gossip name. @throws Error when there is none */
export function fullTopic(topics: readonly string[], name: string): string {
  const found = topics.find((topic) => topic.split('/')[3] === name)
  if (found === undefined) throw new Error(`the relay has no topic ${name}: ${topics.join(' ') || 'none at all'}`)
  return found
}

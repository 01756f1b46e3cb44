/**
 * Gossip message ids (specs/phase0/p2p-interface.md#topics-and-messages and, from Altair on, with the topic mixed in:
 * specs/altair/p2p-interface.md#topics-and-messages).
 */
import { createHash, hash } from 'node:crypto'
import type { ForkName } from './network-config.ts'

export const MESSAGE_ID_BYTES = 20

/** MESSAGE_DOMAIN_INVALID_SNAPPY and MESSAGE_DOMAIN_VALID_SNAPPY as the 4 bytes that are hashed. */
const INVALID_SNAPPY = [0, 0, 0, 0] as const
const VALID_SNAPPY = [1, 0, 0, 0] as const

/**
 * Up to this much one hash call over a copy is quicker than a streaming hash without one. For a block of 120 kB that comes after
 * a pause the copy costs more than the streaming hash does.
 */
const SCRATCH_BYTES = 4096
const scratch = Buffer.alloc(SCRATCH_BYTES)

/** A code unit is at most 3 bytes of UTF-8. */
function maxPrefixBytes(topic: string): number {
  return 12 + topic.length * 3
}

function writePrefix(target: Buffer, topic: string, isValid: boolean, isPhase0: boolean): number {
  target.set(isValid ? VALID_SNAPPY : INVALID_SNAPPY, 0)
  if (isPhase0) return 4
  const topicBytes = target.write(topic, 12, 'utf8')
  target.writeUInt32LE(topicBytes, 4)
  target.writeUInt32LE(0, 8)
  return 12 + topicBytes
}

/**
 * What is hashed in front of a valid payload of a topic. A payload that lies right behind it in memory is named by
 * `idOfPrefixed`.
 * @param fork the fork of the topic's digest
 */
export function idPrefix(topic: string, fork: ForkName): Uint8Array {
  const prefix = Buffer.alloc(maxPrefixBytes(topic))
  return new Uint8Array(prefix.subarray(0, writePrefix(prefix, topic, true, fork === 'phase0')))
}

/** The id, as lower-case hex, of what comes behind its topic's `idPrefix`: one call, and nothing is copied or made for it. */
export function idOfPrefixed(prefixAndPayload: Uint8Array): string {
  return hash('sha256', prefixAndPayload, 'hex').slice(0, ID_DIGITS)
}

/** Hex digits of an id. */
const ID_DIGITS = MESSAGE_ID_BYTES * 2

/**
 * The 20-byte id of a gossip message: SHA256(domain ‖ [u64le(topic length) ‖ topic ‖] data)[:20]. Phase0 lacks what is
 * in brackets. `data` is the decompressed payload, or the raw one when it is not valid snappy.
 *
 * @param decompressed undefined when `compressed` is not valid snappy
 * @param fork the fork of the topic's digest
 */
export function messageId(
  topic: string,
  compressed: Uint8Array,
  decompressed: Uint8Array | undefined,
  fork: ForkName,
): Uint8Array {
  return new Uint8Array(Buffer.from(idHex(topic, decompressed ?? compressed, decompressed !== undefined, fork), 'hex'))
}

/** The id of a message with a valid payload, as lower-case hex: less than half as dear as the bytes. */
export function messageIdHex(topic: string, decompressed: Uint8Array, fork: ForkName): string {
  return idHex(topic, decompressed, true, fork)
}

function idHex(topic: string, data: Uint8Array, isValid: boolean, fork: ForkName): string {
  const isShort = maxPrefixBytes(topic) + data.length <= SCRATCH_BYTES
  const prefix = isShort ? scratch : Buffer.alloc(maxPrefixBytes(topic))
  const prefixBytes = writePrefix(prefix, topic, isValid, fork === 'phase0')
  if (!isShort) return streamedIdHex(prefix.subarray(0, prefixBytes), data)
  scratch.set(data, prefixBytes)
  return idOfPrefixed(scratch.subarray(0, prefixBytes + data.length))
}

function streamedIdHex(prefix: Uint8Array, data: Uint8Array): string {
  return createHash('sha256').update(prefix).update(data).digest('hex').slice(0, ID_DIGITS)
}

import { randomBytes } from 'node:crypto'
import xxhash from 'xxhash-wasm'
import type { TopicStr } from '../../shared/ids.ts'

/** Topics whose seeds are kept: a node sees at most the full set of four digests at once, 4 × 205. */
const MAX_TOPICS = 1024

/** 64 bits. A map takes the number itself, which spares a string for each message and half of the look-up. */
export type FastId = bigint

/**
 * A cheap id of the bytes as they came, to know a duplicate before decompressing it. Not the network's id: two peers
 * never compare it. The topic is in the seed, since equal bytes on two subnets are two messages, and a random salt keeps
 * anyone from building a collision that would hide a true message behind a false one.
 */
export type FastMessageId = (topic: TopicStr, data: Uint8Array) => FastId

/** Compiles the hash once; the function itself is synchronous. */
export async function createFastMessageId(): Promise<FastMessageId> {
  const { h64, h64Raw } = await xxhash()
  const salt = randomBytes(8).readBigUInt64LE()
  const seeds = new Map<TopicStr, bigint>()
  const seedOf = (topic: TopicStr): bigint => {
    let seed = seeds.get(topic)
    if (seed === undefined) {
      seed = h64(topic, salt)
      if (seeds.size >= MAX_TOPICS) seeds.clear()
      seeds.set(topic, seed)
    }
    return seed
  }
  return (topic, data) => h64Raw(data, seedOf(topic))
}

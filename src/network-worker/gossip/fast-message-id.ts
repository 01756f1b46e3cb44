import { randomBytes } from 'node:crypto'
import type { TopicStr } from '../../shared/ids.ts'
import { type HalfSipKey, halfSipHash, halfSipKey, KEY_BYTES } from './half-sip-hash.ts'

/** Topics whose keys are kept: a node sees at most the full set of four digests at once, 4 × 205. */
const MAX_TOPICS = 1024

/** 53 bits: of 360,000 ids two are equal in one of 10⁵ such sets, and nobody can bring it about. */
export type FastId = number

/**
 * A cheap id of the bytes as they came, to know a duplicate before decompressing it. Not the network's id: two peers
 * never compare it. The topic is in the key, since equal bytes on two subnets are two messages. The key is secret and
 * the hash made for it: with one that is only seeded, as xxHash is, a peer that has a message can make another of the same
 * id, and sent first it would hide the true one, or have all who bring that punished for it.
 */
export type FastMessageId = (topic: TopicStr, data: Uint8Array) => FastId

export function createFastMessageId(): FastMessageId {
  const salts = [halfSipKey(randomBytes(KEY_BYTES)), halfSipKey(randomBytes(KEY_BYTES))] as const
  const keys = new Map<TopicStr, HalfSipKey>()
  const keyOf = (topic: TopicStr): HalfSipKey => {
    let key = keys.get(topic)
    if (key === undefined) {
      const bytes = Buffer.from(topic)
      key = { first: halfSipHash(salts[0], bytes) | 0, second: halfSipHash(salts[1], bytes) | 0 }
      if (keys.size >= MAX_TOPICS) keys.clear()
      keys.set(topic, key)
    }
    return key
  }
  return (topic, data) => halfSipHash(keyOf(topic), data)
}

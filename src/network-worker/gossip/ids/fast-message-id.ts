import { createHmac, randomBytes } from 'node:crypto'
import type { TopicStr } from '../../../shared/ids.ts'
import { type HalfSipKey, halfSipHash, halfSipKey, KEY_BYTES } from './half-sip-hash.ts'
import { NH_KEY_BYTES, NhHash } from './nh-hash.ts'

/** Topics whose keys are kept: a node sees at most the full set of four digests at once, 4 × 205. */
const MAX_TOPICS = 1024

/** Longer messages are made short by NH before: 0.22 µs, which is what HalfSipHash alone takes of so many bytes. */
const LONG_BYTES = 256

/** 53 bits: of 360,000 ids two are equal in one of 10⁵ such sets, and nobody can bring it about. */
export type FastId = number

/**
 * A cheap id of the bytes as they came, to know a duplicate before decompressing it. Not the network's id: two peers
 * never compare it. The topic is in the key, since equal bytes on two subnets are two messages. The key is secret and
 * the hash made for it: with one that is only seeded, as xxHash is, a peer that has a message can make another of the same
 * id, and sent first it would hide the true one, or have all who bring that punished for it.
 */
export type FastMessageId = (topic: TopicStr, data: Uint8Array) => FastId

/** One to a thread. */
const nhHash = new NhHash(randomBytes(NH_KEY_BYTES))

export function createFastMessageId(): FastMessageId {
  const secret = randomBytes(32)
  const keys = new Map<TopicStr, HalfSipKey>()
  const keyOf = (topic: TopicStr): HalfSipKey => {
    let found = keys.get(topic)
    if (found === undefined) {
      found = halfSipKey(createHmac('sha512', secret).update(topic).digest().subarray(0, KEY_BYTES))
      if (keys.size >= MAX_TOPICS) keys.clear()
      keys.set(topic, found)
    }
    return found
  }
  return (topic, data) => halfSipHash(keyOf(topic), data.length > LONG_BYTES ? nhHash.compress(data) : data)
}

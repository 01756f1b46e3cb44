import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import type { TopicStr } from '../../shared/ids.ts'
import { sodium } from '../../shared/libsodium.ts'
import { GALOIS_KEY_BYTES, galoisHash } from './galois-hash.ts'
import { type HalfSipKey, halfSipHash, halfSipKey, KEY_BYTES } from './half-sip-hash.ts'
import { POLY_KEY_BYTES, polyHash } from './poly-hash.ts'

/** Topics whose keys are kept: a node sees at most the full set of four digests at once, 4 × 205. */
const MAX_TOPICS = 1024

/** Longer messages are hashed by a library: a call of it costs more than all of a short one, and less than 4 kB of it. */
const LONG_BYTES = 4096

/** A topic's keys: for short messages, and for long ones. */
interface TopicKeys {
  readonly short: HalfSipKey
  readonly long: (data: Uint8Array) => FastId
}

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
  const secret = randomBytes(32)
  const keys = new Map<TopicStr, TopicKeys>()
  const keysOf = (topic: TopicStr): TopicKeys => {
    let found = keys.get(topic)
    if (found === undefined) {
      found = topicKeys(secret, topic)
      if (keys.size >= MAX_TOPICS) keys.clear()
      keys.set(topic, found)
    }
    return found
  }
  return (topic, data) => {
    const { short, long } = keysOf(topic)
    return data.length > LONG_BYTES ? long(data) : halfSipHash(short, data)
  }
}

function topicKeys(secret: Uint8Array, topic: TopicStr): TopicKeys {
  const bytes = createHmac('sha512', secret).update(topic).digest()
  const short = halfSipKey(bytes.subarray(0, KEY_BYTES))
  return { short, long: longHash(short, bytes.subarray(KEY_BYTES)) }
}

/** By libsodium, and by the runtime where that has no build: 6 µs instead of 26 when it is warm, 120 when it is not. */
function longHash(short: HalfSipKey, keyBytes: Uint8Array): TopicKeys['long'] {
  const library = sodium
  if (library === undefined) {
    const key = createSecretKey(keyBytes.subarray(0, GALOIS_KEY_BYTES))
    return (data) => galoisHash(key, data)
  }
  const key = keyBytes.subarray(0, POLY_KEY_BYTES)
  return (data) => polyHash(library, key, short, data)
}

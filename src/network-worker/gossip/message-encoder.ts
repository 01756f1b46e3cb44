import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { TopicStr } from '../../shared/ids.ts'
import { varintLength, writeVarint } from './length-prefix.ts'
import { Slab } from './slab.ts'

/** Field numbers and wire types of the RPC's `publish` and of a message's `data` and `topic` (pubsub/README.md). */
const PUBLISH = 0x12
const DATA = 0x12
const TOPIC = 0x22
/** Topics of which the bytes are kept: as many as a node is in at once, four digests of 205 and some of later use. */
const MAX_TOPICS = 1024

export interface EncodedMessage {
  /** One RPC with the length before it. */
  readonly frame: Uint8Array
  /** The RPC within it. */
  readonly rpc: Uint8Array
  /** The payload within it. */
  readonly data: Uint8Array
  /** Room for what is sent right before the frame, and lies there. */
  readonly front: Uint8Array
}

/**
 * Encodes an RPC of one unsigned message into one array, the length included: the payload is copied once. Bytes and
 * order of fields are those of upstream's codec.
 */
export class MessageEncoder {
  readonly #slab = new Slab()
  readonly #topics = new Map<TopicStr, Uint8Array>()

  /** @param frontBytes of room before the frame: what is one array can be handed on as one, without a copy for each receiver */
  encode({ topic, data = NO_BYTES }: RPC.Message, frontBytes = 0): EncodedMessage {
    const topicBytes = this.#bytesOf(topic)
    const messageBytes =
      1 + varintLength(data.length) + data.length + 1 + varintLength(topicBytes.length) + topicBytes.length
    const rpcBytes = 1 + varintLength(messageBytes) + messageBytes
    const headerBytes = varintLength(rpcBytes)
    // The message cache keeps it as long as others of its time.
    const room = this.#slab.take(frontBytes + headerBytes + rpcBytes)
    const frame = frontBytes === 0 ? room : room.subarray(frontBytes)
    let at = writeVarint(frame, 0, rpcBytes)
    frame[at++] = PUBLISH
    at = writeVarint(frame, at, messageBytes)
    frame[at++] = DATA
    at = writeVarint(frame, at, data.length)
    frame.set(data, at)
    const payload = frame.subarray(at, at + data.length)
    at += data.length
    frame[at++] = TOPIC
    at = writeVarint(frame, at, topicBytes.length)
    frame.set(topicBytes, at)
    const front = frontBytes === 0 ? NO_BYTES : room.subarray(0, frontBytes)
    return { frame, rpc: frame.subarray(headerBytes), data: payload, front }
  }

  #bytesOf(topic: TopicStr): Uint8Array {
    let bytes = this.#topics.get(topic)
    if (bytes === undefined) {
      bytes = new Uint8Array(Buffer.from(topic))
      if (this.#topics.size >= MAX_TOPICS) this.#topics.clear()
      this.#topics.set(topic, bytes)
    }
    return bytes
  }
}

const NO_BYTES = new Uint8Array()

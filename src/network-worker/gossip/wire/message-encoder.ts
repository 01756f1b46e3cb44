import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { TopicStr } from '../../../shared/ids.ts'
import { varintLength, writeVarint } from './length-prefix.ts'
import { Slab } from './slab.ts'

/** Field numbers and wire types of the RPC's `publish` and of a message's `data` and `topic` (pubsub/README.md). */
const PUBLISH = 0x12
const DATA = 0x12
const TOPIC = 0x22
/** Three lengths of at most five bytes, and two tags: what comes before the payload. */
const MAX_HEAD_BYTES = 3 * 5 + 2
/** Topics of which the bytes are kept: as many as a node is in at once, four digests of 205 and some of later use. */
const MAX_TOPICS = 1024
/** A shorter payload is copied in less time than it takes to look at the bytes around it. */
const MIN_AS_CAME_BYTES = 4096
/** What a message keeps from being freed, the message cache for seconds, is at most so much of its own length. */
const MAX_KEPT_SHARE = 1.25

export interface EncodedMessage {
  /** One RPC with the length before it. */
  readonly frame: Uint8Array
  /** The RPC within it. */
  readonly rpc: Uint8Array
  /** The payload within it. */
  readonly data: Uint8Array
  /** Room for what is sent right before the frame; lies there, unless the frame is the one that came. */
  readonly front: Uint8Array
}

/**
 * Encodes an RPC of one unsigned message into one array, the length included: the payload is copied once, or not at all when
 * it came in such a frame. Bytes and order of fields are those of upstream's codec.
 */
export class MessageEncoder {
  readonly #slab = new Slab()
  /** Of topics by name, the whole field of a message. */
  readonly #topicFields = new Map<TopicStr, Uint8Array>()
  readonly #head = new Uint8Array(MAX_HEAD_BYTES)

  /** @param frontBytes of room before the frame: what is one array can be handed on as one, without a copy for each receiver */
  encode({ topic, data = NO_BYTES }: RPC.Message, frontBytes = 0): EncodedMessage {
    const topicField = this.#topicFieldOf(topic)
    const rpcBytes = sizeOfRpc(sizeOfMessage(data.length, topicField.length))
    const headerBytes = varintLength(rpcBytes)
    // The message cache keeps it as long as others of its time.
    const room = this.#slab.take(frontBytes + headerBytes + rpcBytes)
    const frame = frontBytes === 0 ? room : room.subarray(frontBytes)
    const at = writeHead(frame, data.length, topicField.length)
    frame.set(data, at)
    frame.set(topicField, at + data.length)
    const front = frontBytes === 0 ? NO_BYTES : room.subarray(0, frontBytes)
    return { frame, rpc: frame.subarray(headerBytes), data: frame.subarray(at, at + data.length), front }
  }

  /**
   * The frame in which a payload came, when around it lies what `encode` would write, byte for byte, and hardly anything else
   * in the same memory. What is sent is then what was read: its memory must not be written to any more.
   * @returns undefined when it is to be encoded
   */
  asCame({ topic, data = NO_BYTES }: RPC.Message, frontBytes = 0): EncodedMessage | undefined {
    const { buffer, byteOffset, length } = data
    if (length < MIN_AS_CAME_BYTES) return undefined
    const topicField = this.#topicFieldOf(topic)
    const headBytes = writeHead(this.#head, length, topicField.length)
    const start = byteOffset - headBytes
    const frameBytes = headBytes + length + topicField.length
    if (start < 0 || start + frameBytes > buffer.byteLength) return undefined
    if (buffer.byteLength > MAX_KEPT_SHARE * frameBytes) return undefined
    const frame = new Uint8Array(buffer, start, frameBytes)
    const end = headBytes + length
    if (!isAt(frame, 0, this.#head, headBytes) || !isAt(frame, end, topicField, topicField.length)) return undefined
    const rpc = frame.subarray(frameBytes - sizeOfRpc(sizeOfMessage(length, topicField.length)))
    const front = frontBytes === 0 ? NO_BYTES : new Uint8Array(frontBytes)
    return { frame, rpc, data: frame.subarray(headBytes, end), front }
  }

  #topicFieldOf(topic: TopicStr): Uint8Array {
    let field = this.#topicFields.get(topic)
    if (field === undefined) {
      const name = Buffer.from(topic)
      field = new Uint8Array(1 + varintLength(name.length) + name.length)
      field[0] = TOPIC
      field.set(name, writeVarint(field, 1, name.length))
      if (this.#topicFields.size >= MAX_TOPICS) this.#topicFields.clear()
      this.#topicFields.set(topic, field)
    }
    return field
  }
}

function sizeOfMessage(dataBytes: number, topicFieldBytes: number): number {
  return 1 + varintLength(dataBytes) + dataBytes + topicFieldBytes
}

/** Of an RPC of one message, without the length before it. */
function sizeOfRpc(messageBytes: number): number {
  return 1 + varintLength(messageBytes) + messageBytes
}

/** Writes all that comes before a payload of so many bytes. @returns where it ends */
function writeHead(frame: Uint8Array, dataBytes: number, topicFieldBytes: number): number {
  const messageBytes = sizeOfMessage(dataBytes, topicFieldBytes)
  let at = writeVarint(frame, 0, sizeOfRpc(messageBytes))
  frame[at++] = PUBLISH
  at = writeVarint(frame, at, messageBytes)
  frame[at++] = DATA
  return writeVarint(frame, at, dataBytes)
}

/** Whether the first `length` bytes of `part` are in `whole` from `start` on. */
function isAt(whole: Uint8Array, start: number, part: Uint8Array, length: number): boolean {
  for (let i = 0; i < length; i++) if (whole[start + i] !== part[i]) return false
  return true
}

const NO_BYTES = new Uint8Array()

/** True for a message as StrictNoSign has it: a topic and a payload, and nothing that tells its author. */
export function isPlain({ from, seqno, signature, key }: RPC.Message): boolean {
  return from === undefined && seqno === undefined && signature === undefined && key === undefined
}

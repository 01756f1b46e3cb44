import { idOfPrefixed, idPrefix, messageIdHex } from '../../consensus/message-id.ts'
import { decompressBlock } from '../../consensus/snappy-block.ts'
import type { MsgIdStr } from '../../shared/ids.ts'
import { bufferCollection } from '../host/buffer-collection.ts'
import { openedAs } from './open-payload.ts'
import { Slab } from './slab.ts'
import type { TopicContext } from './topic-directory.ts'
import type { Opened } from './topic-rules.ts'

export type OpenedTopic = Pick<TopicContext, 'topic' | 'entry' | 'minSszBytes' | 'maxSszBytes'>

/** Of all topics. Payloads live about as long as each other: a turn, or until their verdict. */
const slab = new Slab()

/**
 * Opens and names the payloads of one topic. What is decoded here and not by the library is written right behind what its id
 * is a hash of besides, so that one call over both gives the id. A payload is whoever's has it, and nothing writes there any
 * more; its memory may have other payloads around it, so that it must be copied to change hands.
 */
export class PayloadOpener {
  readonly #topic: OpenedTopic
  readonly #prefix: Uint8Array
  readonly #buffers = bufferCollection()
  readonly #roomFor = (lengthBytes: number): Uint8Array => this.#take(lengthBytes)
  /** Of the payload opened last, until it is named: the prefix and it. */
  #room: Uint8Array | undefined
  #payload: Uint8Array | undefined

  constructor(topic: OpenedTopic) {
    this.#topic = topic
    this.#prefix = idPrefix(topic.topic, topic.entry.fork)
  }

  /** Snappy with the bounds of the topic. Lengths are checked before anything is allocated. */
  open(data: Uint8Array): Opened {
    const { minSszBytes, maxSszBytes } = this.#topic
    this.#room = undefined
    const result = decompressBlock(data, minSszBytes, maxSszBytes, this.#roomFor)
    this.#payload = result.ok ? result.bytes : undefined
    if (result.ok && this.#room === undefined) this.#buffers.count(result.bytes.length)
    return openedAs(result)
  }

  /** The id of a payload of this topic; cheapest for the one that was opened last. */
  idOf(payload: Uint8Array): MsgIdStr {
    const room = payload === this.#payload ? this.#room : undefined
    this.#room = undefined
    this.#payload = undefined
    return room === undefined ? messageIdHex(this.#topic.topic, payload, this.#topic.entry.fork) : idOfPrefixed(room)
  }

  #take(lengthBytes: number): Uint8Array {
    const room = slab.take(this.#prefix.length + lengthBytes)
    room.set(this.#prefix)
    this.#room = room
    return room
  }
}

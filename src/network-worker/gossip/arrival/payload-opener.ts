import { idOfPrefixed, idPrefix, messageIdHex } from '../../../consensus/message-id.ts'
import { decompressLent } from '../../../consensus/snappy/snappy-block.ts'
import type { MsgIdStr } from '../../../shared/ids.ts'
import type { TopicContext } from '../topics/topic-directory.ts'
import type { Opened } from '../topics/topic-rules.ts'
import { SHARED_BYTES, Slab } from '../wire/slab.ts'
import { openedAs } from './open-payload.ts'

export type OpenedTopic = Pick<TopicContext, 'topic' | 'entry' | 'minSszBytes' | 'maxSszBytes'>

/** Of all topics. Short payloads live about as long as each other: a turn, or until their verdict. */
const slab = new Slab()

/**
 * Opens and names the payloads of one topic. They come out right behind what their id is a hash of besides, so that one call
 * over both gives the id. Short ones are whoever's has them, in memory that may have other payloads around it, so that they must
 * be copied to change hands. Long ones are lent: the next payload of any topic overwrites them.
 */
export class PayloadOpener {
  readonly #topic: OpenedTopic
  readonly #prefix: Uint8Array
  /** Of the payload opened last, until it is named: the prefix and it. */
  #prefixed: Uint8Array | undefined
  #payload: Uint8Array | undefined

  constructor(topic: OpenedTopic) {
    this.#topic = topic
    this.#prefix = idPrefix(topic.topic, topic.entry.fork)
  }

  /** Snappy with the bounds of the topic. Lengths are checked before anything is allocated. */
  open(data: Uint8Array): Opened {
    const { minSszBytes, maxSszBytes } = this.#topic
    this.#prefixed = undefined
    this.#payload = undefined
    const result = decompressLent(data, minSszBytes, maxSszBytes, this.#prefix)
    if (!result.ok) return openedAs(result)
    const isShort = result.bytes.length <= SHARED_BYTES
    const prefixed = isShort ? slab.copy(result.bytes) : result.bytes
    const bytes = prefixed.subarray(this.#prefix.length)
    this.#prefixed = prefixed
    this.#payload = bytes
    return { ok: true, bytes }
  }

  /** The id of a payload of this topic; cheapest for the one that was opened last. */
  idOf(payload: Uint8Array): MsgIdStr {
    const prefixed = payload === this.#payload ? this.#prefixed : undefined
    this.#prefixed = undefined
    this.#payload = undefined
    const { topic, entry } = this.#topic
    return prefixed === undefined ? messageIdHex(topic, payload, entry.fork) : idOfPrefixed(prefixed)
  }
}

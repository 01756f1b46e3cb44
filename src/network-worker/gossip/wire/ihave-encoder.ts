import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import { varintLength, writeVarint } from './length-prefix.ts'

/** Field numbers and wire types (pubsub/gossipsub/README.md): `control` of an RPC, `ihave` of that, and what is in one. */
const CONTROL = 0x1a
const IHAVE = 0x0a
const TOPIC_ID = 0x0a
const MESSAGE_ID = 0x12

interface Entry {
  readonly topicId: string | undefined
  /** As a field of a control message. */
  readonly bytes: Uint8Array
}

/**
 * Encodes RPCs that say what we have and nothing else. Upstream tells many peers of the same ids, thousands of them in a
 * burst, and its codec encodes them for each. Bytes and order of fields are those of upstream's codec.
 */
export class IhaveEncoder {
  /** By the list of ids, of which upstream makes one a topic for the peers of a heartbeat. */
  readonly #entries = new WeakMap<readonly Uint8Array[], Entry>()

  /** One RPC with its length before it. */
  frame(ihave: readonly RPC.ControlIHave[]): Uint8Array {
    const entries = ihave.map((listing) => this.#entryOf(listing))
    const controlBytes = entries.reduce((sum, { length }) => sum + length, 0)
    const rpcBytes = fieldLength(controlBytes)
    const frame = new Uint8Array(varintLength(rpcBytes) + rpcBytes)
    let at = writeVarint(frame, 0, rpcBytes)
    frame[at++] = CONTROL
    at = writeVarint(frame, at, controlBytes)
    for (const entry of entries) {
      frame.set(entry, at)
      at += entry.length
    }
    return frame
  }

  #entryOf({ topicID: topicId, messageIDs: ids }: RPC.ControlIHave): Uint8Array {
    const known = this.#entries.get(ids)
    if (known !== undefined && known.topicId === topicId) return known.bytes
    const bytes = encodeEntry(topicId, ids)
    this.#entries.set(ids, { topicId, bytes })
    return bytes
  }
}

/** Bytes of a field of so many bytes, its tag and length included. */
function fieldLength(bytes: number): number {
  return 1 + varintLength(bytes) + bytes
}

function encodeEntry(topicId: string | undefined, ids: readonly Uint8Array[]): Uint8Array {
  const topic = topicId === undefined ? undefined : Buffer.from(topicId)
  const topicBytes = topic === undefined ? 0 : fieldLength(topic.length)
  const bodyBytes = ids.reduce((sum, { length }) => sum + fieldLength(length), topicBytes)
  const entry = new Uint8Array(fieldLength(bodyBytes))
  entry[0] = IHAVE
  let at = writeVarint(entry, 1, bodyBytes)
  const put = (tag: number, bytes: Uint8Array): void => {
    entry[at] = tag
    at = writeVarint(entry, at + 1, bytes.length)
    entry.set(bytes, at)
    at += bytes.length
  }
  if (topic !== undefined) put(TOPIC_ID, topic)
  for (const id of ids) put(MESSAGE_ID, id)
  return entry
}

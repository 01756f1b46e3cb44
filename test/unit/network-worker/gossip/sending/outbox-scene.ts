/** An outbox whose stream, time and peer are in the test's hands. */
import type { MessageClass } from '../../../../../src/network-worker/gossip/message-class.ts'
import {
  type DropReason,
  type OutboxMessage,
  type OutboxStream,
  PeerOutbox,
  STREAM_WATERMARK_BYTES,
} from '../../../../../src/network-worker/gossip/sending/peer-outbox.ts'

export const MAX_AGE_MS = 12_000

export interface Drop {
  readonly id: string
  readonly reason: DropReason
}

/** An outbox with the stream, the time and the peer's wishes in the test's hands. */
export function outboxScene() {
  const sent: string[] = []
  const drops: Drop[] = []
  const spared: string[] = []
  const fronts = { count: 0 }
  const unwanted = new Set<string>()
  const state = { nowMs: 0, writeBufferLength: 0, isBroken: false }
  const ids = new Map<Uint8Array, string>()
  const stream: OutboxStream = {
    rawStream: state,
    pushPrefixed: (frame) => {
      if (state.isBroken) throw new Error('stream is closed')
      state.writeBufferLength += frame.length
      sent.push(ids.get(frame) ?? '?')
    },
  }
  const outbox = new PeerOutbox({
    monotonicMs: () => state.nowMs,
    maxAgeMs: MAX_AGE_MS,
    isUnwanted: ({ msgId }) => unwanted.has(msgId),
    onSpared: ({ msgId }) => void spared.push(msgId),
    onFront: () => void fronts.count++,
    onDropped: (message: OutboxMessage, reason) => void drops.push({ id: message.msgId, reason }),
  })
  const offer = (id: string, name: MessageClass, bytes = 1000, mayWait = false, front?: Uint8Array): boolean => {
    const frame = new Uint8Array(bytes)
    ids.set(frame, id)
    return outbox.offer(
      stream,
      { frame, rpc: frame.subarray(2), msgId: id, class: name, queuedAtMs: state.nowMs },
      mayWait,
      front,
    )
  }
  /** A frame that is known by its name when it is sent. */
  const named = (id: string, bytes = 30): Uint8Array => {
    const frame = new Uint8Array(bytes)
    ids.set(frame, id)
    return frame
  }
  const fill = (): void => {
    state.writeBufferLength = STREAM_WATERMARK_BYTES
  }
  const drainAll = (): void => {
    state.writeBufferLength = 0
    outbox.drain(stream)
  }
  return { outbox, stream, state, sent, drops, spared, fronts, unwanted, offer, named, ids, fill, drainAll }
}

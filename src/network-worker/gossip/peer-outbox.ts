import { Fifo } from '../../shared/fifo.ts'
import type { MsgIdStr } from '../../shared/ids.ts'
import { MESSAGE_CLASSES, type MessageClass } from './message-class.ts'

/**
 * Bytes handed to a stream before messages wait in the outbox, where they can still be ordered and dropped: some two
 * large blocks. Far below the stream's own limit, past which libp2p aborts it.
 */
export const STREAM_WATERMARK_BYTES = 1024 * 1024
/** Bytes that may wait for one peer; some ten of the largest blocks seen on mainnet. */
export const OUTBOX_BYTES = 8 * 1024 * 1024

/** Why a copy was not sent: no room, no longer wanted by anybody, not wanted by this peer, or its stream broke. */
export type DropReason = 'queue_full' | 'stale' | 'stream_lost'

export interface OutboxMessage {
  readonly frame: Uint8Array
  readonly msgId: MsgIdStr
  readonly class: MessageClass
  readonly queuedAtMs: number
}

/** The stream's side of an outbox. */
export interface OutboxStream {
  readonly rawStream: { readonly writeBufferLength: number }
  /** Takes the bytes; throws when the stream is gone. */
  pushPrefixed(frame: Uint8Array): void
}

export interface OutboxDeps {
  readonly monotonicMs: () => number
  /** Messages older than this are dropped instead of sent. */
  readonly maxAgeMs: number
  readonly isUnwanted: (msgId: MsgIdStr) => boolean
  readonly onDropped: (message: OutboxMessage, reason: DropReason) => void
}

/**
 * Messages that wait for one peer. In: frames while its stream is full. Out: the same, blocks first, when it has room.
 * Bounded in bytes; the cheapest class loses its oldest first, and a block is dropped only for a newer block.
 */
export class PeerOutbox {
  readonly #deps: OutboxDeps
  readonly #queues: Readonly<Record<MessageClass, Fifo<OutboxMessage>>> = {
    block: new Fifo(),
    sidecar: new Fifo(),
    other: new Fifo(),
    attestation: new Fifo(),
  }
  #bytes = 0
  #fullSinceMs: number | undefined

  constructor(deps: OutboxDeps) {
    this.#deps = deps
  }

  get bytes(): number {
    return this.#bytes
  }

  /** How long messages have waited without a pause, ms; 0 when none wait. */
  get waitingMs(): number {
    return this.#fullSinceMs === undefined ? 0 : this.#deps.monotonicMs() - this.#fullSinceMs
  }

  /** Sends at once when the stream has room and nothing waits, else queues. @returns false when the frame was dropped */
  offer(stream: OutboxStream, message: Omit<OutboxMessage, 'queuedAtMs'>): boolean {
    const queued = { ...message, queuedAtMs: this.#deps.monotonicMs() }
    if (this.#bytes === 0 && stream.rawStream.writeBufferLength < STREAM_WATERMARK_BYTES) {
      return this.#send(stream, queued)
    }
    this.#queues[message.class].push(queued)
    this.#bytes += message.frame.length
    this.#fullSinceMs ??= queued.queuedAtMs
    while (this.#bytes > OUTBOX_BYTES) if (this.#dropCheapest() === queued) return false
    return true
  }

  /** Sends what the stream has room for. Called when it drained, and at each heartbeat. */
  drain(stream: OutboxStream): void {
    const oldestMs = this.#deps.monotonicMs() - this.#deps.maxAgeMs
    for (const name of MESSAGE_CLASSES) {
      const queue = this.#queues[name]
      while (queue.length > 0 && stream.rawStream.writeBufferLength < STREAM_WATERMARK_BYTES) {
        const message = this.#take(name)
        if (message === undefined || this.#deps.isUnwanted(message.msgId)) continue
        if (message.queuedAtMs < oldestMs) this.#deps.onDropped(message, 'stale')
        else this.#send(stream, message)
      }
    }
    if (this.#bytes === 0) this.#fullSinceMs = undefined
  }

  /** Drops all that waits. */
  clear(reason: DropReason): void {
    for (const name of MESSAGE_CLASSES) {
      for (let message = this.#take(name); message !== undefined; message = this.#take(name)) {
        this.#deps.onDropped(message, reason)
      }
    }
    this.#fullSinceMs = undefined
  }

  #dropCheapest(): OutboxMessage | undefined {
    const name = MESSAGE_CLASSES.findLast((candidate) => this.#queues[candidate].length > 0)
    const message = name === undefined ? undefined : this.#take(name)
    if (message !== undefined) this.#deps.onDropped(message, 'queue_full')
    return message
  }

  #take(name: MessageClass): OutboxMessage | undefined {
    const message = this.#queues[name].shift()
    if (message !== undefined) this.#bytes -= message.frame.length
    return message
  }

  #send(stream: OutboxStream, message: OutboxMessage): boolean {
    try {
      stream.pushPrefixed(message.frame)
      return true
    } catch {
      this.#deps.onDropped(message, 'stream_lost')
      return false
    }
  }
}

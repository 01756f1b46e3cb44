import type { MsgIdStr } from '../../../shared/ids.ts'
import { LARGE_CLASSES, MESSAGE_CLASSES, type MessageClass } from '../message-class.ts'
import { joinRpcs } from '../wire/length-prefix.ts'
import { ClassQueues } from './class-queues.ts'

/**
 * Bytes that may wait in a stream before messages wait in the outbox, where they can still be put in order, and taken out
 * when the peer has them by then: some three large blocks. Not less than what a stream of QUIC takes before it tells of
 * room again (HIGH_WATER_BYTES of host/quic/quic-stream.ts), or what waits here would wait for a heartbeat.
 */
export const STREAM_WATERMARK_BYTES = 256 * 1024
/** Bytes that may wait for one peer; some ten of the largest blocks seen on mainnet. */
export const OUTBOX_BYTES = 8 * 1024 * 1024

/**
 * Messages up to this length go with others: a system call, a frame of the muxer and one of the cipher cost more than
 * they do. A longer one goes at once, ahead of those that wait for company.
 */
const JOINED_MESSAGE_BYTES = 4096
/** Joined at most: what one frame of noise holds (65,519 bytes) with room for the muxer's headers. */
const JOINED_BYTES = 60 * 1024
/** A receiver may bound the messages of an RPC; Lighthouse drops what is past 500. */
const JOINED_MESSAGES = 256

/**
 * Why a copy was not sent: no room, no longer wanted by anybody, or its stream broke; `inbound_full`: a message came for
 * which there was no room in our own line (arrivals.ts); `uplink_full`: too many copies waited for the uplink (uplink-line.ts).
 */
export const DROP_REASONS = ['queue_full', 'stale', 'stream_lost', 'inbound_full', 'uplink_full'] as const
export type DropReason = (typeof DROP_REASONS)[number]

export interface OutboxMessage {
  /** One RPC with the length before it. */
  readonly frame: Uint8Array
  /** The RPC within it. */
  readonly rpc: Uint8Array
  readonly msgId: MsgIdStr
  readonly class: MessageClass
  /** Monotonic ms at which it was ready to be sent. */
  readonly queuedAtMs: number
}

/** The stream's side of an outbox. */
export interface OutboxStream {
  readonly rawStream: { readonly writeBufferLength: number }
  /** Takes the bytes; throws when the stream is gone. */
  pushPrefixed(frame: Uint8Array): void
  /** As `pushPrefixed` of each, where there is a cheaper way. */
  pushTogether?: (front: Uint8Array, frame: Uint8Array) => void
}

export interface OutboxDeps {
  readonly monotonicMs: () => number
  /** Messages older than this are dropped instead of sent. */
  readonly maxAgeMs: number
  /** Whether the peer has said that it has the message, or has sent it. */
  readonly isUnwanted: (message: OutboxMessage) => boolean
  /** A message was not sent for that. */
  readonly onSpared: (message: OutboxMessage) => void
  /** A frame went in front of its message, or of what that waits for. */
  readonly onFront: () => void
  readonly onDropped: (message: OutboxMessage, reason: DropReason) => void
}

/**
 * Messages that wait for one peer: short ones for company, to be sent as one RPC, and all of them while its stream is
 * full. In: frames. Out: the same, blocks first, when there is room.
 * Bounded in bytes; the cheapest class loses its oldest first, and a block is dropped only for a newer block.
 */
export class PeerOutbox {
  readonly #deps: OutboxDeps
  readonly #queues = new ClassQueues<OutboxMessage>((message) => message)
  /** Short messages that wait for company, though the stream had room. */
  #joining: OutboxMessage[] = []
  #joiningBytes = 0
  #fullSinceMs: number | undefined
  #withdrawnAtMs = Number.NEGATIVE_INFINITY

  constructor(deps: OutboxDeps) {
    this.#deps = deps
  }

  get bytes(): number {
    return this.#queues.bytes
  }

  /** How long messages have waited without a pause, ms; 0 when none wait. */
  get waitingMs(): number {
    return this.#fullSinceMs === undefined ? 0 : this.#deps.monotonicMs() - this.#fullSinceMs
  }

  /** True while short messages wait for company: `flush` is to be called soon. */
  get isJoining(): boolean {
    return this.#joining.length > 0
  }

  /**
   * With room in the stream and nothing waiting a message is sent, else it is queued.
   * @param mayWait a short message is to wait for company until `flush`
   * @param front a frame that goes at once, whatever becomes of the message
   * @returns false when it was dropped
   */
  offer(stream: OutboxStream, message: OutboxMessage, mayWait = false, front?: Uint8Array): boolean {
    const hasRoom = this.bytes === 0 && stream.rawStream.writeBufferLength < STREAM_WATERMARK_BYTES
    const isJoined = mayWait && isShort(message)
    if (hasRoom && !isJoined) return this.#send(stream, message, front)
    if (front !== undefined && pushFront(stream, front)) this.#deps.onFront()
    if (hasRoom) return this.#join(stream, message)
    if (message.frame.length > OUTBOX_BYTES) {
      // All that waits would have to go for it, and then itself.
      this.#deps.onDropped(message, 'queue_full')
      return false
    }
    this.#queues.push(message)
    this.#fullSinceMs ??= message.queuedAtMs
    while (this.bytes > OUTBOX_BYTES) if (this.#dropCheapest() === message) return false
    return true
  }

  /** Sends the short messages that waited for company, as one RPC. */
  flush(stream: OutboxStream): void {
    const messages = this.#joining.filter((message) => !this.#isSpared(message))
    this.#joining = []
    this.#joiningBytes = 0
    const [first] = messages
    if (first === undefined) return
    if (messages.length === 1) {
      this.#send(stream, first)
      return
    }
    try {
      stream.pushPrefixed(joinRpcs(messages.map(({ rpc }) => rpc)))
    } catch {
      for (const message of messages) this.#deps.onDropped(message, 'stream_lost')
    }
  }

  /** Sends what the stream has room for. Called when it drained, and at each heartbeat. */
  drain(stream: OutboxStream): void {
    const oldestMs = this.#deps.monotonicMs() - this.#deps.maxAgeMs
    for (const name of MESSAGE_CLASSES) {
      while (this.#queues.count(name) > 0 && stream.rawStream.writeBufferLength < STREAM_WATERMARK_BYTES) {
        const message = this.#queues.take(name)
        if (message === undefined || this.#isSpared(message)) continue
        if (message.queuedAtMs < oldestMs) this.#deps.onDropped(message, 'stale')
        else this.#send(stream, message)
      }
    }
    if (this.bytes === 0) this.#fullSinceMs = undefined
  }

  /**
   * Takes out the blocks and sidecars that the peer does not want any more: they are what fills an outbox, and few. Short
   * messages are asked about when their turn comes.
   * @param periodMs nothing is done when it was done less than so long ago
   */
  withdraw(periodMs = 0): void {
    if (this.bytes === 0) return
    const nowMs = this.#deps.monotonicMs()
    if (nowMs - this.#withdrawnAtMs < periodMs) return
    this.#withdrawnAtMs = nowMs
    for (const name of LARGE_CLASSES) {
      for (let left = this.#queues.count(name); left > 0; left--) {
        const message = this.#queues.take(name)
        if (message === undefined || this.#isSpared(message)) continue
        this.#queues.push(message)
      }
    }
    if (this.bytes === 0) this.#fullSinceMs = undefined
  }

  /** Drops all that waits. */
  clear(reason: DropReason): void {
    for (const message of this.#joining) this.#deps.onDropped(message, reason)
    this.#joining = []
    this.#joiningBytes = 0
    for (const name of MESSAGE_CLASSES) {
      for (let message = this.#queues.take(name); message !== undefined; message = this.#queues.take(name)) {
        this.#deps.onDropped(message, reason)
      }
    }
    this.#fullSinceMs = undefined
  }

  #isSpared(message: OutboxMessage): boolean {
    if (!this.#deps.isUnwanted(message)) return false
    this.#deps.onSpared(message)
    return true
  }

  #join(stream: OutboxStream, message: OutboxMessage): boolean {
    const bytes = message.rpc.length
    if (this.#joiningBytes + bytes > JOINED_BYTES || this.#joining.length >= JOINED_MESSAGES) this.flush(stream)
    this.#joining.push(message)
    this.#joiningBytes += bytes
    return true
  }

  #dropCheapest(): OutboxMessage | undefined {
    const message = this.#queues.takeCheapest()
    if (message !== undefined) this.#deps.onDropped(message, 'queue_full')
    return message
  }

  #send(stream: OutboxStream, message: OutboxMessage, front?: Uint8Array): boolean {
    try {
      if (front === undefined) stream.pushPrefixed(message.frame)
      else this.#sendBoth(stream, front, message.frame)
      return true
    } catch {
      this.#deps.onDropped(message, 'stream_lost')
      return false
    }
  }

  #sendBoth(stream: OutboxStream, front: Uint8Array, frame: Uint8Array): void {
    if (stream.pushTogether !== undefined) {
      stream.pushTogether(front, frame)
      this.#deps.onFront()
      return
    }
    stream.pushPrefixed(front)
    this.#deps.onFront()
    stream.pushPrefixed(frame)
  }
}

/** The stream may be going down, which whatever is sent on it next will show. */
export function pushFront(stream: Pick<OutboxStream, 'pushPrefixed'>, front: Uint8Array): boolean {
  try {
    stream.pushPrefixed(front)
    return true
  } catch {
    return false
  }
}

/** True for messages that may wait for company: a block waits for nobody. */
export function isShort({ rpc, class: messageClass }: Pick<OutboxMessage, 'rpc' | 'class'>): boolean {
  return messageClass !== 'block' && rpc.length <= JOINED_MESSAGE_BYTES
}

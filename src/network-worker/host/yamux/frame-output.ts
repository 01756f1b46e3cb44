import type { MessageStream } from '@libp2p/interface'
import { isDirectStream, NOISE_PLAINTEXT_BYTES } from '../direct-stream.ts'
import { joined } from '../streams/joined.ts'
import { FRAME_TYPE, HEADER_BYTES, HeaderWriter } from './frame.ts'
import { YamuxProtocolError } from './yamux-error.ts'

/** A data frame fills one frame of noise with its header, so that the other side has both whole at once. */
export const MAX_FRAME_DATA_BYTES = NOISE_PLAINTEXT_BYTES - HEADER_BYTES
/**
 * Frames that the other side made us send (pongs, resets) while it took nothing: an honest one asks for a few, and
 * what it does not take waits in memory.
 */
const MAX_ANSWERS_WHILE_FULL = 1_024

/** Who waits until the connection takes more. */
export interface OutputWaiter {
  onOutputDrain(): void
}

/** Writes frames to the connection below, what belongs together in one message, and knows whether it takes more. */
export class FrameOutput {
  readonly #headers = new HeaderWriter()
  readonly #write: (pieces: readonly Uint8Array[], firstBytes?: number) => boolean
  readonly #onSent: ((bytes: number) => void) | undefined
  readonly #waiters = new Set<OutputWaiter>()
  #answersWhileFull = 0
  #isFull = false
  #isOver = false

  /** @param onSent told of all bytes that go out */
  constructor(connection: MessageStream, onSent?: (bytes: number) => void) {
    this.#onSent = onSent
    this.#write = isDirectStream(connection)
      ? (pieces, firstBytes) => connection.sendPieces(pieces, firstBytes)
      : (pieces) => connection.send(joined(pieces))
  }

  /** True while the connection asks to be sent nothing: data is to wait. */
  get isFull(): boolean {
    return this.#isFull
  }

  header(type: number, flags: number, streamId: number, length: number): Uint8Array {
    return this.#headers.write(type, flags, streamId, length)
  }

  /** One data frame. @returns false when no more data is to follow until `drain`. @throws what the connection does */
  data(flags: number, streamId: number, payload: Uint8Array): boolean {
    return this.send([this.header(FRAME_TYPE.data, flags, streamId, payload.length), payload])
  }

  /**
   * Whole frames in pieces. @returns and @throws as `data`
   * @param firstBytes of the frames that are not to be held up by the rest
   */
  send(pieces: readonly Uint8Array[], firstBytes?: number): boolean {
    if (this.#isOver) return false
    this.#onSent?.(pieces.reduce((bytes, piece) => bytes + piece.length, 0))
    if (!this.#write(pieces, firstBytes)) this.#isFull = true
    return !this.#isFull
  }

  /** A frame without payload, full or not; on a connection that is going down it is lost like the rest. */
  control(type: number, flags: number, streamId: number, length: number): void {
    if (this.#isOver) return
    try {
      this.send([this.header(type, flags, streamId, length)])
    } catch {
      this.#isFull = true
    }
  }

  /** A frame that the other side caused. @throws YamuxProtocolError when it causes too many and takes none */
  answer(type: number, flags: number, streamId: number, length: number): void {
    if (this.#isFull && ++this.#answersWhileFull > MAX_ANSWERS_WHILE_FULL) {
      throw new YamuxProtocolError('answers are asked for and not read')
    }
    this.control(type, flags, streamId, length)
  }

  /** `waiter` is called once, when the connection takes more; those that waited longest come first. */
  wait(waiter: OutputWaiter): void {
    this.#waiters.add(waiter)
  }

  forget(waiter: OutputWaiter): void {
    this.#waiters.delete(waiter)
  }

  /** The connection takes more. Those who find it full again wait on behind the others. */
  drain(): void {
    this.#isFull = false
    this.#answersWhileFull = 0
    for (const waiter of [...this.#waiters]) {
      if (this.#isFull) return
      if (this.#waiters.delete(waiter)) waiter.onOutputDrain()
    }
  }

  /** Nothing is sent any more. */
  end(): void {
    this.#isOver = true
    this.#waiters.clear()
  }
}

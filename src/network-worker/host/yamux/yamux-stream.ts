import { type Logger, type MessageStreamDirection, StreamBufferError, StreamStateError } from '@libp2p/interface'
import type { ConnectionWindows } from '../congestion/connection-windows.ts'
import type { Bytes } from '../streams/readable-side.ts'
import type { UnreadBudget } from '../streams/unread-budget.ts'
import { WritableSide } from '../streams/writable-side.ts'
import { FLAG, FRAME_TYPE, HEADER_BYTES, INITIAL_WINDOW_BYTES, MAX_UINT32 } from './frame.ts'
import { type FrameOutput, MAX_FRAME_DATA_BYTES, type OutputWaiter } from './frame-output.ts'
import type { ReceiveWindow } from './receive-window.ts'
import { YamuxProtocolError } from './yamux-error.ts'

/** Sent without asking whether the connection takes more: four whole frames of noise. */
const BATCH_BYTES = 4 * MAX_FRAME_DATA_BYTES

export interface StreamDeps {
  readonly output: FrameOutput
  readonly window: ReceiveWindow
  readonly budget: UnreadBudget
  readonly log: Logger
  /** Of the connection, when they are kept. */
  readonly windows: ConnectionWindows | undefined
  /** Once: the stream was accepted, by whichever side had to. */
  readonly onEstablished: () => void
  /** Once: no frame of this stream is of interest any more. */
  readonly onOver: () => void
}

/** One stream: libp2p's interface above, frames below. */
export class YamuxStream extends WritableSide implements OutputWaiter {
  readonly #streamId: number
  readonly #deps: StreamDeps
  #sendWindowBytes = INITIAL_WINDOW_BYTES
  /** Flag of our next frame: SYN or ACK with the first one. */
  #nextFlags: number
  #isEstablished = false

  constructor(streamId: number, direction: MessageStreamDirection, deps: StreamDeps) {
    super({ id: `${streamId}`, direction, log: deps.log, budget: deps.budget })
    this.#streamId = streamId
    this.#deps = deps
    this.#nextFlags = direction === 'outbound' ? FLAG.syn : FLAG.ack
  }

  /** Of TCP below, when they are kept. */
  get windows(): ConnectionWindows | undefined {
    return this.#deps.windows
  }

  /** What fits in one frame goes at once, and waits in no queue. @returns and @throws as for all streams */
  override send(data: Bytes): boolean {
    return data instanceof Uint8Array && this.#fits(data.length) ? this.#sendAtOnce(data) : super.send(data)
  }

  /** Opens the stream at the other side, when nothing sent before has. */
  announce(): void {
    if (this.isAlive && this.#nextFlags === FLAG.syn) {
      this.#deps.output.control(FRAME_TYPE.windowUpdate, this.#flags(), this.#streamId, 0)
    }
  }

  /** The connection takes more. */
  onOutputDrain(): void {
    this.#resumeSending()
  }

  onAck(): void {
    if (this.direction === 'outbound') this.#establish()
  }

  /** `front` is a frame of the muxer and of the cipher by itself, in one write with the others. */
  override sendTogether(front: Uint8Array, rest: Uint8Array): boolean {
    if (!this.#fits(front.length)) return super.sendTogether(front, rest)
    this.#sendWindowBytes -= front.length
    this.queue.push(rest)
    const { output } = this.#deps
    const header = output.header(FRAME_TYPE.data, this.#flags(), this.#streamId, front.length)
    try {
      output.send([header, front, ...this.#batch()], HEADER_BYTES + front.length)
    } catch (error) {
      this.#fail(error)
    }
    return this.flush()
  }

  /** @throws YamuxProtocolError when the window becomes more than a number of the protocol */
  onWindowUpdate(bytes: number): void {
    this.#sendWindowBytes += bytes
    if (this.#sendWindowBytes > MAX_UINT32) throw new YamuxProtocolError('a window of more than 4 GiB')
    if (this.queue.bytes > 0) this.#resumeSending()
  }

  /** A data frame begins. @throws YamuxProtocolError when it is longer than what was granted */
  onDataHeader(bytes: number): void {
    if (!this.#deps.window.announce(bytes)) throw new YamuxProtocolError('receive window exceeded')
    if (bytes > 0 && this.remoteWriteStatus === 'closed') this.abort(new StreamStateError('data after the end'))
  }

  onPayload(bytes: Uint8Array): void {
    this.receive(bytes, true)
  }

  protected override onHeld(bytes: number): void {
    if (!this.isAlive || this.budget.hold(bytes)) return
    this.abort(new StreamBufferError('too many bytes of this peer wait to be read'))
  }

  protected override onTaken(bytes: number): void {
    const { window, output } = this.#deps
    window.take(bytes)
    if (!this.isAlive || this.remoteWriteStatus === 'closed') return
    const granted = window.grant()
    if (granted > 0) output.control(FRAME_TYPE.windowUpdate, this.#flags(), this.#streamId, granted)
  }

  protected override onPutBack(bytes: number): void {
    this.#deps.window.putBack(bytes)
  }

  /** Within the window, and as long as the connection takes more. @throws what the connection does */
  protected override flush(): boolean {
    const { output } = this.#deps
    try {
      while (this.queue.bytes > 0 && this.#sendWindowBytes > 0 && !output.isFull) output.send(this.#batch())
    } catch (error) {
      this.#fail(error)
    }
    if (this.endIfTooMuchWaits()) return false
    if (this.queue.bytes === 0 && this.writeStatus === 'closing') this.finish()
    return (this.queue.bytes === 0 && !output.isFull) || this.#needsDrain()
  }

  /** Only once nothing waits: a frame of its own, since some read the flag before the data that comes with it. */
  protected override finish(): void {
    this.#deps.output.control(FRAME_TYPE.windowUpdate, this.#flags() | FLAG.fin, this.#streamId, 0)
    this.finished()
  }

  protected override onOver(): void {
    const { output, onOver } = this.#deps
    // The other side knows nothing of a stream without a frame.
    const isKnown = this.#nextFlags !== FLAG.syn
    if (this.status === 'aborted' && isKnown) output.control(FRAME_TYPE.windowUpdate, FLAG.rst, this.#streamId, 0)
    output.forget(this)
    this.#establish()
    onOver()
  }

  #fits(bytes: number): boolean {
    return (
      this.queue.bytes === 0 &&
      bytes > 0 &&
      bytes <= MAX_FRAME_DATA_BYTES &&
      bytes <= this.#sendWindowBytes &&
      !this.#deps.output.isFull &&
      this.writeStatus === 'writable'
    )
  }

  #sendAtOnce(data: Uint8Array): boolean {
    this.#sendWindowBytes -= data.length
    let takesMore: boolean
    try {
      takesMore = this.#deps.output.data(this.#flags(), this.#streamId, data)
    } catch (error) {
      this.#fail(error)
    }
    return takesMore || this.#needsDrain()
  }

  /** Whole frames of what waits, within the window: together one message to the connection. */
  #batch(): Uint8Array[] {
    const pieces: Uint8Array[] = []
    let left = Math.min(this.queue.bytes, this.#sendWindowBytes, BATCH_BYTES)
    this.#sendWindowBytes -= left
    while (left > 0) {
      const bytes = Math.min(left, MAX_FRAME_DATA_BYTES)
      pieces.push(this.#deps.output.header(FRAME_TYPE.data, this.#flags(), this.#streamId, bytes))
      this.queue.takeTo(pieces, bytes)
      left -= bytes
    }
    return pieces
  }

  #needsDrain(): false {
    this.writableNeedsDrain = true
    if (this.#deps.output.isFull && this.isAlive) this.#deps.output.wait(this)
    return false
  }

  #resumeSending(): void {
    const hadBytes = this.queue.bytes > 0
    let takesMore = false
    try {
      takesMore = this.flush()
    } catch {
      return // the stream was aborted, and says so by its event
    }
    if (hadBytes && this.queue.bytes === 0) this.dispatchEvent(new Event('idle'))
    if (takesMore) this.drained()
  }

  #fail(error: unknown): never {
    this.abort(error instanceof Error ? error : new Error(String(error)))
    throw error
  }

  #flags(): number {
    const flags = this.#nextFlags
    this.#nextFlags = 0
    if (flags === FLAG.ack) this.#establish()
    return flags
  }

  #establish(): void {
    if (this.#isEstablished) return
    this.#isEstablished = true
    this.#deps.onEstablished()
  }
}

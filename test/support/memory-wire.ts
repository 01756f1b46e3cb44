/** The two ends of a connection in memory, for a muxer on each. */
import {
  type ComponentLogger,
  type Logger,
  type MessageStream,
  type MessageStreamDirection,
  StreamAbortEvent,
  StreamCloseEvent,
  StreamStateError,
} from '@libp2p/interface'
import { type Bytes, piecesOf, ReadableSide } from '../../src/network-worker/host/streams/readable-side.ts'

function silentLog(): Logger {
  const log = (): void => {}
  return Object.assign(log, { error: log, trace: log, enabled: false, newScope: silentLog })
}

export const silentLogger: ComponentLogger = { forComponent: silentLog }

/** One end. What it sends waits until `deliver` hands it to the other end. */
export class WireEnd extends ReadableSide implements MessageStream {
  readonly direction: MessageStreamDirection
  readonly log = silentLog()
  readonly inactivityTimeout = 0
  readonly maxWriteBufferLength = Number.POSITIVE_INFINITY
  writableNeedsDrain = false
  /** What is waiting; a test may look at it. */
  readonly waiting: Uint8Array[] = []
  readonly #capacityBytes: number
  #other: WireEnd | undefined

  /** @param capacityBytes what may wait before the sender is told to */
  constructor(direction: MessageStreamDirection, capacityBytes: number) {
    super()
    this.direction = direction
    this.#capacityBytes = capacityBytes
  }

  static pair(capacityBytes = 64 * 1024): [WireEnd, WireEnd] {
    const client = new WireEnd('outbound', capacityBytes)
    const server = new WireEnd('inbound', capacityBytes)
    client.#other = server
    server.#other = client
    return [client, server]
  }

  get writeBufferLength(): number {
    return this.waiting.reduce((sum, piece) => sum + piece.length, 0)
  }

  send(data: Bytes): boolean {
    if (this.status !== 'open') throw new StreamStateError(`the wire is ${this.status}`)
    for (const piece of piecesOf(data)) this.waiting.push(piece)
    this.writableNeedsDrain = this.writeBufferLength >= this.#capacityBytes
    return !this.writableNeedsDrain
  }

  /** Hands at most `maxBytes` over, in one stretch. @returns whether there were any */
  deliver(maxBytes = Number.POSITIVE_INFINITY): boolean {
    const all = Buffer.concat(this.waiting)
    if (all.length === 0) return false
    const cut = Math.min(maxBytes, all.length)
    this.waiting.length = 0
    if (cut < all.length) this.waiting.push(all.subarray(cut))
    this.#other?.deliverHere(Uint8Array.prototype.slice.call(all, 0, cut))
    if (this.writableNeedsDrain && this.writeBufferLength < this.#capacityBytes) {
      this.writableNeedsDrain = false
      this.dispatchEvent(new Event('drain'))
    }
    return true
  }

  /** What comes from the other end, or from a test that writes by hand. */
  deliverHere(bytes: Uint8Array): void {
    if (this.status === 'open') this.receive(bytes)
  }

  async close(): Promise<void> {
    while (this.status === 'open' && this.deliver());
    this.end(new StreamCloseEvent())
    this.#other?.end(new StreamCloseEvent())
  }

  override abort(error: Error): void {
    this.end(new StreamAbortEvent(error))
    this.#other?.end(new StreamCloseEvent())
  }

  async onDrain(): Promise<void> {
    throw new Error('nobody waits here')
  }

  protected override onHeld(): void {}
  protected override onReleased(): void {}
  protected override onTaken(): void {}
  protected override onPutBack(): void {}

  private end(event: StreamCloseEvent): void {
    if (this.status !== 'open') return
    this.status = event.error === undefined ? 'closed' : 'aborted'
    this.dispatchEvent(event)
  }
}

/** Delivers both ways, a turn of the event loop between, until nothing waits. */
export async function settle(...ends: readonly WireEnd[]): Promise<void> {
  let isQuiet = false
  while (!isQuiet) {
    await new Promise((resolve) => setImmediate(resolve))
    isQuiet = ends.map((end) => end.deliver()).every((had) => !had)
  }
}

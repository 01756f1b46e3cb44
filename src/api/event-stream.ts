/**
 * One subscriber's answer. What it does not read waits here up to a bound, past which it is told so and left: nobody
 * else waits for it, neither other subscribers nor the network.
 */
import type { ServerResponse } from 'node:http'
import { type Clock, systemClock } from '../shared/clock.ts'
import { type EventSink, noticeFrame } from './event-feed.ts'

/** A second or two of every event there is; 128 subscribers that all hang hold 128 MB. */
export const MAX_UNSENT_BYTES = 1024 * 1024
/** Below what proxies and browsers wait for a silent stream, and a quarter of what the server itself does. */
export const KEEP_ALIVE_MS = 15_000
/** For a slow reader to get as far as the notice. */
const NOTICE_GRACE_MS = 5_000

const KEEP_ALIVE = Buffer.from(':\n\n')

/** The type of an event stream (WHATWG HTML, "Server-sent events"). */
export const EVENT_STREAM_TYPE = 'text/event-stream'

export class EventStream implements EventSink {
  readonly #response: ServerResponse
  readonly #clock: Clock
  #keepAlive: Disposable | undefined
  #isOver = false
  #onOver: (() => void) | undefined

  constructor(response: ServerResponse, clock: Clock = systemClock) {
    this.#response = response
    this.#clock = clock
    response.once('close', () => this.#finish())
  }

  /** Sends the head; `onOver` is called once, when the stream is over for whatever reason. */
  begin(onOver: () => void): void {
    if (this.#isOver) {
      onOver()
      return
    }
    this.#onOver = onOver
    this.#response.writeHead(200, { 'Content-Type': EVENT_STREAM_TYPE, 'X-Accel-Buffering': 'no' })
    this.#response.flushHeaders()
    this.#keepAlive = this.#clock.every(KEEP_ALIVE_MS, () => this.write(KEEP_ALIVE))
  }

  write(frames: Buffer): void {
    // Before the head nothing may be said: what comes then comes too early by a turn.
    if (this.#isOver || !this.#response.headersSent) return
    if (this.#response.writableLength + frames.length <= MAX_UNSENT_BYTES) this.#response.write(frames)
    else this.#leave()
  }

  /** Before the head it only is over: whoever was to begin it answers something else. */
  end(): void {
    if (this.#isOver) return
    this.#finish()
    if (this.#response.headersSent) this.#response.end()
  }

  #leave(): void {
    this.#finish()
    this.#response.end(noticeFrame({ reason: 'slow_reader', max_unsent_bytes: MAX_UNSENT_BYTES }))
    this.#clock.after(NOTICE_GRACE_MS, () => this.#response.destroy())
  }

  #finish(): void {
    this.#isOver = true
    this.#keepAlive?.[Symbol.dispose]()
    const onOver = this.#onOver
    this.#onOver = undefined
    onOver?.()
  }
}

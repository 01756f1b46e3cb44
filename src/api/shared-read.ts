/**
 * One kind of read that any number of pollers share. Whoever reads while it is on its way joins it; whoever reads soon
 * after gets the same answer. So the worker rests between two calls, however many dashboards there are.
 */
import { type Clock, systemClock } from '../shared/clock.ts'
import { ReadGate } from './read-gate.ts'

/** Dashboards look every few seconds and people notice a quarter of one: an answer this old is the present. */
const MIN_REST_MS = 100
/** The worker rests this many times as long as the last answer took, so that a kind of read is 5 % of its time at most. */
const REST_PER_ANSWER = 20
/** Even on a machine where answers take long, what is shown is not older. */
const MAX_REST_MS = 500

/**
 * Answers of one kind that are held at once; above it each read is a call of its own. The reads without an argument need
 * one place; this bounds those of single peers, where a dashboard has a handful open.
 */
const MAX_HELD = 64

interface Held<T> {
  readonly call: Promise<T>
  /** On the monotonic clock; Infinity while the answer is on its way. */
  freshUntilMs: number
}

export interface SharedReadOptions {
  /** What all reads that go to one worker pass through. */
  readonly gate?: Pick<ReadGate, 'pass'>
  readonly clock?: Clock
}

export class SharedRead<T> {
  readonly #send: (key: string) => Promise<T>
  readonly #gate: Pick<ReadGate, 'pass'>
  readonly #clock: Clock
  readonly #held = new Map<string, Held<T>>()

  constructor(
    send: (key: string) => Promise<T>,
    { clock = systemClock, gate = new ReadGate(clock) }: SharedReadOptions,
  ) {
    this.#send = send
    this.#gate = gate
    this.#clock = clock
  }

  /** An answer that was on its way when this was called, or that came at most 500 ms ago; a failure is not kept. */
  read(key = ''): Promise<T> {
    const held = this.#held.get(key)
    if (held !== undefined && this.#clock.monotonicMs() < held.freshUntilMs) return held.call
    return this.#ask(key)
  }

  /** Later reads get nothing of what was sent until now. */
  part(): void {
    this.#held.clear()
  }

  #ask(key: string): Promise<T> {
    let sentAtMs = 0
    const call = this.#gate.pass(() => {
      sentAtMs = this.#clock.monotonicMs()
      return this.#send(key)
    })
    if (!this.#hasRoom(key)) return call
    const held: Held<T> = { call, freshUntilMs: Number.POSITIVE_INFINITY }
    this.#held.set(key, held)
    const keep = (): void => {
      const nowMs = this.#clock.monotonicMs()
      const restMs = Math.min(Math.max((nowMs - sentAtMs) * REST_PER_ANSWER, MIN_REST_MS), MAX_REST_MS)
      held.freshUntilMs = nowMs + restMs
    }
    const forget = (): void => {
      if (this.#held.get(key) === held) this.#held.delete(key)
    }
    call.then(keep, forget)
    return call
  }

  /** Makes room by forgetting what was asked longest ago, unless its answer is still on its way. */
  #hasRoom(key: string): boolean {
    this.#held.delete(key)
    if (this.#held.size < MAX_HELD) return true
    const [oldest] = this.#held
    if (oldest === undefined || oldest[1].freshUntilMs === Number.POSITIVE_INFINITY) return false
    this.#held.delete(oldest[0])
    return true
  }
}

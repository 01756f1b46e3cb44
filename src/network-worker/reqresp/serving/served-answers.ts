import type { Stream } from '@libp2p/interface'
import type { Clock } from '../../../shared/clock.ts'
import type { PeerIdStr } from '../../../shared/ids.ts'
import {
  GIVE_WAY_MS,
  LEAST_READ_BYTES_PER_SECOND,
  MAX_SERVED_AT_ONCE,
  MAX_SERVED_OF_PEER,
  SERVED_PATIENCE_MS,
} from '../limits.ts'

/** An answer under way, and how long we still wait for its reader. */
export class ServedAnswerState {
  readonly peerId: PeerIdStr
  readonly stream: Pick<Stream, 'abort'>
  readonly #clock: Clock
  #patienceMs = SERVED_PATIENCE_MS
  #waitsSinceMs: number | undefined

  constructor(peerId: PeerIdStr, stream: Pick<Stream, 'abort'>, clock: Clock) {
    this.peerId = peerId
    this.stream = stream
    this.#clock = clock
  }

  /** How long its reader has kept it waiting now; 0 while it does not. */
  get waitedMs(): number {
    return this.#waitsSinceMs === undefined ? 0 : this.#clock.monotonicMs() - this.#waitsSinceMs
  }

  /** Its stream is full. How long it may be. */
  beginWait(): number {
    this.#waitsSinceMs = this.#clock.monotonicMs()
    return this.#patienceMs
  }

  /** Its stream took `bytes`. */
  endWait(bytes: number): void {
    const earnedMs = (1000 * bytes) / LEAST_READ_BYTES_PER_SECOND
    this.#patienceMs = Math.min(SERVED_PATIENCE_MS, Math.max(0, this.#patienceMs - this.waitedMs + earnedMs))
    this.#waitsSinceMs = undefined
  }
}

/**
 * The answers under way: so many in all and so many of a peer, fewer the less room there is, so that a few peers that ask
 * without end leave room for one that has none. Those whose readers are slow give way to others.
 */
export class ServedAnswers {
  readonly #clock: Clock
  readonly #underWay = new Set<ServedAnswerState>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Begins one; undefined when there is no room, which is nobody's fault. */
  begin(peerId: PeerIdStr, stream: Pick<Stream, 'abort'>): ServedAnswerState | undefined {
    let ofPeer = 0
    let slowest: ServedAnswerState | undefined
    for (const answer of this.#underWay) {
      if (answer.peerId === peerId) ofPeer++
      if (slowest === undefined || answer.waitedMs > slowest.waitedMs) slowest = answer
    }
    if (ofPeer >= this.#shareOfPeer()) return undefined
    if (slowest !== undefined && this.#underWay.size >= MAX_SERVED_AT_ONCE) {
      if (slowest.waitedMs < GIVE_WAY_MS) return undefined
      this.end(slowest)
      slowest.stream.abort(new Error('an answer that is not read gives way'))
    }
    const answer = new ServedAnswerState(peerId, stream, this.#clock)
    this.#underWay.add(answer)
    return answer
  }

  /** Idempotent. */
  end(answer: ServedAnswerState): void {
    this.#underWay.delete(answer)
  }

  /** A quarter of the room that is left, but one at least. */
  #shareOfPeer(): number {
    const left = MAX_SERVED_AT_ONCE - this.#underWay.size
    return Math.min(MAX_SERVED_OF_PEER, Math.max(1, Math.floor(left / 4)))
  }
}

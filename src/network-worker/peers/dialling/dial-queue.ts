import type { PeerIdStr } from '../../../shared/ids.ts'
import type { ResolvedTarget } from './dial-target.ts'
import type { Dialer } from './dialer.ts'
import { FAILED_DIAL_MS, OFFLINE_DIAL_MS, type RedialBook } from './redial-book.ts'

/** Dials of the queue under way at once: half of what libp2p works in parallel, so that the operator's find room. */
export const MAX_QUEUED_DIALS = 16

/** Candidates kept: more than any target needs, and old ones are of little use. The least promising goes first. */
export const MAX_DIAL_CANDIDATES = 1024

/** Peers the operator named at the start that wait for a dial. Beyond it they are dropped, and the caller told. */
export const MAX_FORCED_DIALS = 1024

export interface DialCandidate {
  readonly target: ResolvedTarget
  /** From an earlier connection; undefined when the peer was never measured. */
  readonly expectedRttMs: number | undefined
}

export interface DialQueueDeps {
  readonly dialer: Pick<Dialer, 'dial'>
  readonly redial: Pick<RedialBook, 'avoid'>
  /** How many more peers may be connected or dialled; a dial counts from the moment it is started. */
  readonly room: () => number
  /** False for peers that are connected, banned or to be avoided. */
  readonly mayDial: (peerId: PeerIdStr) => boolean
  /** False while no peer is connected. */
  readonly isOnline?: () => boolean
  /** A candidate could not be reached. */
  readonly onFailed?: (peerId: PeerIdStr) => void
}

interface Waiting extends DialCandidate {
  readonly arrival: number
}

/**
 * Whom to dial next of our own accord: those known to be near, nearest first, then the unknown in order of arrival.
 * Dials are started by `drain`, called at each tick of the peer manager, and again whenever one ends.
 */
export class DialQueue {
  readonly #deps: DialQueueDeps
  readonly #forced = new Map<PeerIdStr, ResolvedTarget>()
  /** Most promising first. */
  #waiting: Waiting[] = []
  #arrivals = 0
  #running = 0
  #stopped = false
  /** Candidates given up for lack of room, since start. */
  dropped = 0

  constructor(deps: DialQueueDeps) {
    this.#deps = deps
  }

  /** Candidates that wait, the operator's included. */
  get waiting(): number {
    return this.#waiting.length + this.#forced.size
  }

  /** Dials under way. */
  get running(): number {
    return this.#running
  }

  /** Takes a candidate; one that waits already gets the newer addresses and keeps its place among the unknown. */
  offer({ target, expectedRttMs }: DialCandidate): void {
    if (this.#stopped || !this.#deps.mayDial(target.peerId)) return
    const before = this.#take(target.peerId)
    const waiting: Waiting = {
      target,
      expectedRttMs: expectedRttMs ?? before?.expectedRttMs,
      arrival: before?.arrival ?? this.#arrivals++,
    }
    const place = this.#waiting.findIndex((other) => isMorePromising(waiting, other))
    this.#waiting.splice(place === -1 ? this.#waiting.length : place, 0, waiting)
    if (this.#waiting.length <= MAX_DIAL_CANDIDATES) return
    this.#waiting.pop()
    this.dropped++
  }

  /**
   * Takes a peer that is dialled once whatever the room and the past, before all candidates.
   * @returns false when too many wait already
   */
  force(target: ResolvedTarget): boolean {
    if (this.#stopped || (this.#forced.size >= MAX_FORCED_DIALS && !this.#forced.has(target.peerId))) return false
    this.#forced.set(target.peerId, target)
    return true
  }

  /** Starts the dials there is room for. */
  drain(): void {
    while (!this.#stopped && this.#running < MAX_QUEUED_DIALS) {
      const forced = this.#nextForced()
      const target = forced ?? this.#nextCandidate()
      if (target === undefined) return
      this.#running++
      void this.#dial(target, forced !== undefined)
    }
  }

  /** No dial is started any more; those under way end by themselves. */
  stop(): void {
    this.#stopped = true
    this.#waiting = []
    this.#forced.clear()
  }

  async #dial(target: ResolvedTarget, isForced: boolean): Promise<void> {
    try {
      const isConnected = await this.#deps.dialer.dial(target, isForced ? 'info' : 'debug')
      // A dial that our own stop cut short says nothing of the peer.
      if (isConnected || isForced || this.#stopped) return
      const isOffline = this.#deps.isOnline?.() === false
      this.#deps.redial.avoid(target.peerId, isOffline ? OFFLINE_DIAL_MS : FAILED_DIAL_MS)
      this.#deps.onFailed?.(target.peerId)
    } finally {
      this.#running--
      this.drain()
    }
  }

  #nextForced(): ResolvedTarget | undefined {
    const [target] = this.#forced.values()
    if (target !== undefined) this.#forced.delete(target.peerId)
    return target
  }

  #nextCandidate(): ResolvedTarget | undefined {
    if (this.#deps.room() <= 0) return undefined
    const place = this.#waiting.findIndex(({ target }) => this.#deps.mayDial(target.peerId))
    // Those passed over were connected, banned or are to be avoided since they were offered.
    const passed = this.#waiting.splice(0, place === -1 ? this.#waiting.length : place + 1)
    return place === -1 ? undefined : passed.at(-1)?.target
  }

  #take(peerId: PeerIdStr): Waiting | undefined {
    const place = this.#waiting.findIndex(({ target }) => target.peerId === peerId)
    return place === -1 ? undefined : this.#waiting.splice(place, 1)[0]
  }
}

function isMorePromising(a: Waiting, b: Waiting): boolean {
  const aMs = a.expectedRttMs ?? Number.POSITIVE_INFINITY
  const bMs = b.expectedRttMs ?? Number.POSITIVE_INFINITY
  return aMs === bMs ? a.arrival < b.arrival : aMs < bMs
}

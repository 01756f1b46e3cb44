import type { Clock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import { isOurOwnFault } from '../../shared/our-own-fault.ts'

/** How long a peer's silence counts: longer than a request takes to fail and the next one to be made. */
const WINDOW_MS = 30_000

export interface SharedSilenceDeps {
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly connectedPeers: () => number
}

/** Most peers do not fall silent in the same half minute, but our own line does. */
export class SharedSilence {
  readonly #deps: SharedSilenceDeps
  /** When each last failed to answer, the longest ago first; bounded by the window. */
  readonly #silentAtMs = new Map<PeerIdStr, number>()

  constructor(deps: SharedSilenceDeps) {
    this.#deps = deps
  }

  /** A peer did not answer. @returns whether it shares that with most others */
  isShared(peerId: PeerIdStr): boolean {
    const nowMs = this.#deps.clock.monotonicMs()
    this.#silentAtMs.delete(peerId)
    this.#silentAtMs.set(peerId, nowMs)
    for (const [known, atMs] of this.#silentAtMs) {
      if (nowMs - atMs < WINDOW_MS) break
      this.#silentAtMs.delete(known)
    }
    return isOurOwnFault(this.#silentAtMs.size, this.#deps.connectedPeers())
  }
}

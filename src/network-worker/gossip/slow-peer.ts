import type { PeerIdStr } from '../../shared/ids.ts'
import type { MessageClass } from './message-class.ts'

/** Beyond it the peer holds no place in a mesh: it would get its messages too late anyway, and hears of them by IHAVE. */
const PRUNED_AFTER_MS = 5000
/** Copies a second that may fail to reach a peer before it is reported (reference/scoring.md §2.2, "SlowPeer"). */
const TOLERATED_FAILURES = 10

/** Whether a peer whose messages have been waiting for `waitingMs` without a pause is to leave the meshes. */
export function isTooSlow(waitingMs: number): boolean {
  return waitingMs >= PRUNED_AFTER_MS
}

interface Failures {
  dear: number
  others: number
}

/** Copies that did not reach their peers since they were last asked for. Bounded: emptied each second. */
export class FailedSends {
  readonly #byPeer = new Map<PeerIdStr, Failures>()

  count(peerId: PeerIdStr, messageClass: MessageClass): void {
    let failures = this.#byPeer.get(peerId)
    if (failures === undefined) {
      failures = { dear: 0, others: 0 }
      this.#byPeer.set(peerId, failures)
    }
    if (messageClass === 'block' || messageClass === 'sidecar') failures.dear++
    else failures.others++
  }

  /** Peers that more blocks and sidecars failed to reach than is tolerated, or else more of the others; counts anew. */
  takeSlowPeers(): readonly PeerIdStr[] {
    if (this.#byPeer.size === 0) return []
    const slow = [...this.#byPeer].filter(
      ([, { dear, others }]) => dear > TOLERATED_FAILURES || others > TOLERATED_FAILURES,
    )
    this.#byPeer.clear()
    return slow.map(([peerId]) => peerId)
  }
}

import type { PeerIdStr } from '../../../shared/ids.ts'
import type { MessageClass } from '../message-class.ts'

/** Beyond it the peer holds no place in a mesh: it would get its messages too late anyway, and hears of them by IHAVE. */
const PRUNED_AFTER_MS = 5000
/** As long while most peers are slow: no stall of ours lasts so long, and peers that conspire are not to stay for ever. */
const PRUNED_IN_DOUBT_AFTER_MS = 30_000
/** Copies a second that may fail to reach a peer before it is reported (reference/scoring.md §2.2, "SlowPeer"). */
const TOLERATED_FAILURES = 10

/**
 * Whether a peer whose messages have been waiting for `waitingMs` without a pause is to leave the meshes.
 * @param isInDoubt it may be our own fault
 */
export function holdsMessagesUp(waitingMs: number, isInDoubt = false): boolean {
  return waitingMs >= (isInDoubt ? PRUNED_IN_DOUBT_AFTER_MS : PRUNED_AFTER_MS)
}

interface Failures {
  dear: number
  others: number
}

/** Copies that did not reach their peers since they were last taken. Bounded: emptied each second. */
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

  /** Peers that more blocks and sidecars failed to reach than is tolerated, or else more of the others. */
  slowPeers(): readonly PeerIdStr[] {
    if (this.#byPeer.size === 0) return []
    const slow = [...this.#byPeer].filter(
      ([, { dear, others }]) => dear > TOLERATED_FAILURES || others > TOLERATED_FAILURES,
    )
    return slow.map(([peerId]) => peerId)
  }

  /** How many failed to reach each peer. Counts anew. */
  takeAll(): readonly (readonly [peerId: PeerIdStr, copies: number])[] {
    const all = [...this.#byPeer].map(([peerId, { dear, others }]) => [peerId, dear + others] as const)
    this.#byPeer.clear()
    return all
  }
}

import type { PeerIdStr } from '../../../shared/ids.ts'
import { DECAY_TO_ZERO } from './score-decay.ts'

/** The score's slow-peer term (reference/scoring.md §3.1): linear, from the first failed send on. */
const WEIGHT = -10
const DECAY = 0.1
/**
 * Failures counted at most: −10 000 keeps a peer out of meshes and from what we publish, but does not graylist it. To be
 * slow is no attack, and one broken stream can lose thousands of small messages.
 */
const MAX_FAILURES = 1000

/** The peers' score records, by which entries live. */
export interface ScoreRecords {
  get(peerId: PeerIdStr): { readonly connected: boolean } | undefined
}

/** Failed sends by peer. Bounded by the score's records: an entry goes when its peer's record has gone. */
export class SlowPenalties {
  readonly #records: ScoreRecords
  readonly #failures = new Map<PeerIdStr, number>()

  constructor(records: ScoreRecords) {
    this.#records = records
  }

  get size(): number {
    return this.#failures.size
  }

  /** One more copy did not reach the peer. */
  add(peerId: PeerIdStr): void {
    this.#failures.set(peerId, Math.min(MAX_FAILURES, (this.#failures.get(peerId) ?? 0) + 1))
  }

  /** So many copies failed for a fault of ours. */
  forgive(peerId: PeerIdStr, copies: number): void {
    const failures = this.#failures.get(peerId)
    if (failures === undefined) return
    if (failures > copies) this.#failures.set(peerId, failures - copies)
    else this.#failures.delete(peerId)
  }

  /** What the term adds to a peer's score, 0 or less. */
  scoreOf(peerId: PeerIdStr): number {
    const failures = this.#failures.get(peerId)
    return failures === undefined ? 0 : WEIGHT * failures
  }

  /** Once a decay interval. As with the other counters, nothing decays while the peer is away. */
  decay(): void {
    for (const [peerId, failures] of this.#failures) {
      const record = this.#records.get(peerId)
      if (record?.connected === false) continue
      const left = failures * DECAY
      if (record === undefined || left < DECAY_TO_ZERO) this.#failures.delete(peerId)
      else this.#failures.set(peerId, left)
    }
  }

  /** To be called when a peer left: its entry is kept only if its record is. */
  onPeerLeft(peerId: PeerIdStr): void {
    if (this.#records.get(peerId) === undefined) this.#failures.delete(peerId)
  }
}

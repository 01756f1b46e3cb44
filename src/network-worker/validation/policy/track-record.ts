/**
 * Whose word counts for what proposers make, where nothing of it can be verified: that of peers who have sent such objects
 * before, and nobody contradicted them. Whoever has just come to send a forged block has no record yet, and clients part
 * with us for one of those.
 */
import type { PeerIdStr } from '../../../shared/ids.ts'

/** More than a relay is connected to; the one that has not been first for longest goes first. */
const MAX_RECORDS = 1024
/** Slots that are not over yet: the current one, and those around it by the disparity of clocks. */
const MAX_PENDING_SLOTS = 8
/** Who sent an object of a slot before it went on: a few, since it goes on at the word of the first or second. */
const MAX_SENDERS = 64
/** When those with a record are silent for longer, they are gone or have nothing: others are then all there is. */
export const SILENT_SLOTS = 4

export interface TrackRecordDeps {
  readonly currentSlot: () => number
  /** True when two objects of a slot contradict each other. */
  readonly isDisputed: (slot: number) => boolean
}

export class TrackRecord {
  readonly #deps: TrackRecordDeps
  readonly #known = new Set<PeerIdStr>()
  /** Senders of what passed of slots that are not over: somebody may still contradict. */
  readonly #pending = new Map<number, Set<PeerIdStr>>()
  /** The newest slot of which somebody with a record sent something. */
  #heardSlot = Number.NEGATIVE_INFINITY

  constructor(deps: TrackRecordDeps) {
    this.#deps = deps
  }

  /** True when a peer has a record, and for all peers while nobody of those who have one is heard. */
  counts(peerId: PeerIdStr): boolean {
    this.#settle()
    return this.#known.has(peerId) || this.#deps.currentSlot() - this.#heardSlot > SILENT_SLOTS
  }

  /** Something of a slot passed: these had sent it by then. What is of slots that are over nobody may contradict any more. */
  note(slot: number, peers: Iterable<PeerIdStr>): void {
    this.#settle()
    if (slot < this.#deps.currentSlot()) return
    const senders = this.#pending.get(slot) ?? new Set()
    for (const peerId of peers) {
      if (this.#known.has(peerId)) this.#heardSlot = Math.max(this.#heardSlot, slot)
      if (senders.size < MAX_SENDERS) senders.add(peerId)
    }
    if (this.#pending.size < MAX_PENDING_SLOTS) this.#pending.set(slot, senders)
  }

  /** Slots that are over have made their senders' record, unless there was a dispute. */
  #settle(): void {
    const currentSlot = this.#deps.currentSlot()
    for (const [slot, senders] of this.#pending) {
      if (slot >= currentSlot) continue
      this.#pending.delete(slot)
      if (this.#deps.isDisputed(slot)) continue
      this.#heardSlot = Math.max(this.#heardSlot, slot)
      for (const peerId of senders) this.#remember(peerId)
    }
  }

  #remember(peerId: PeerIdStr): void {
    this.#known.delete(peerId)
    this.#known.add(peerId)
    const [oldest] = this.#known
    if (this.#known.size > MAX_RECORDS && oldest !== undefined) this.#known.delete(oldest)
  }
}

/**
 * Whose word counts for blocks where nothing of them can be verified, while peers of the operator's choice send theirs:
 * that of those, of peers who have sent blocks before which nobody contradicted, and of peers who have been here for long.
 * Whoever has just come to send a forged block is none of these, and clients part with us for one such block. Without peers
 * of the operator's choice nobody can say who is honest, and everybody counts.
 */
import type { PeerIdStr } from '../../../shared/ids.ts'

/** More than a relay is connected to; the one that has not been first for longest goes first. */
const MAX_RECORDS = 1024
/** Slots that are not over yet: the current one, and the next by the disparity of clocks. */
const MAX_PENDING_SLOTS = 4
/** Who sent a block of a slot before it went on: a few, since it goes on at the word of the first or second. */
const MAX_SENDERS = 64
/** Slots around the current one that are asked about: messages wait for less than two. */
const MAX_HEARD_SLOTS = 8
/** When the operator's peers are silent for longer, they are gone or behind: others are then all there is. */
export const SILENT_SLOTS = 2

export interface TrackRecordDeps {
  readonly currentSlot: () => number
  /** True when two objects of a slot contradict each other. */
  readonly isDisputed: (slot: number) => boolean
  /** True for peers of the operator's choice. */
  readonly isBelieved: (peerId: PeerIdStr) => boolean
  /** True for peers who have not been connected for long. */
  readonly isNew: (peerId: PeerIdStr) => boolean
}

export class TrackRecord {
  readonly #deps: TrackRecordDeps
  readonly #known = new Set<PeerIdStr>()
  /** Senders of what passed of slots that are not over: somebody may still contradict. */
  readonly #pending = new Map<number, Set<PeerIdStr>>()
  /** Slots of which somebody whose word counts sent a block that passed. */
  readonly #heard = new Set<number>()
  /** The newest slot of which a peer of the operator's choice did. */
  #believedSlot = Number.NEGATIVE_INFINITY

  constructor(deps: TrackRecordDeps) {
    this.#deps = deps
  }

  /** True when a peer has a record or has been here for long, and for all while none of the operator's choice is heard. */
  counts(peerId: PeerIdStr): boolean {
    const { currentSlot, isNew } = this.#deps
    this.#settle()
    return this.#known.has(peerId) || currentSlot() - this.#believedSlot > SILENT_SLOTS || !isNew(peerId)
  }

  /** True when a block of a slot passed that somebody sent whose word counts. */
  isHeard(slot: number): boolean {
    return this.#heard.has(slot)
  }

  /** A block of a slot passed: these had sent it by then. Those of slots that are over nobody may contradict any more. */
  note(slot: number, peers: readonly PeerIdStr[]): void {
    const { currentSlot, isBelieved } = this.#deps
    this.#settle()
    if (peers.some((peerId) => isBelieved(peerId) || this.counts(peerId))) this.#hear(slot)
    if (slot < currentSlot()) return
    if (peers.some(isBelieved)) this.#believedSlot = Math.max(this.#believedSlot, slot)
    const senders = this.#pending.get(slot) ?? new Set()
    for (const peerId of peers) if (senders.size < MAX_SENDERS) senders.add(peerId)
    if (this.#pending.size < MAX_PENDING_SLOTS) this.#pending.set(slot, senders)
  }

  #hear(slot: number): void {
    this.#heard.add(slot)
    const [oldest] = this.#heard
    if (this.#heard.size > MAX_HEARD_SLOTS && oldest !== undefined) this.#heard.delete(oldest)
  }

  /** Slots that are over have made their senders' record, unless there was a dispute. */
  #settle(): void {
    const { currentSlot, isDisputed } = this.#deps
    for (const [slot, senders] of this.#pending) {
      if (slot >= currentSlot()) continue
      this.#pending.delete(slot)
      if (isDisputed(slot)) continue
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

/**
 * What our Status says of the chain. A relay executes nothing, so it repeats what the operator's beacon node says, else
 * what a quorum of peers agrees on, one finalization behind, so that it is never ahead of an honest peer: a peer that
 * thinks us ahead asks us for blocks we do not have (Teku), one that finds our checkpoint on another chain says goodbye.
 * Without either the answer is zero finality and a zero head, which every client accepts as "knows nothing yet"
 * (reference/p2p.md A4.3).
 */
import type { ForkSchedule } from '../../consensus/fork-schedule.ts'
import type { SlotClock } from '../../consensus/slot-clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { Status } from '../reqresp/types.ts'
import { type Checkpoint, type QuorumResult, quorumOf, type StatusVote, ZERO_ROOT_HEX } from './status-quorum.ts'

/** Votes kept: more peers than a relay is ever connected to; the oldest goes first. */
const MAX_VOTES = 1024
/** How long a vote counts: peers are asked for their Status every five minutes, and may be slow to answer. */
const VOTE_LIFE_MS = 15 * 60_000
/** Epochs for which a beacon node that fell silent is still believed: about as long as finality takes to move on. */
const BELIEVED_EPOCHS = 2

/** A checkpoint with the most groups that ever agreed on it at once. */
type Agreed = Pick<QuorumResult, 'finalized' | 'groups'>

const NOTHING: Agreed = { finalized: { epoch: 0, rootHex: ZERO_ROOT_HEX }, groups: 0 }

/** A finalized checkpoint that may be told, and the head. */
export interface ChainWord {
  readonly finalized: Checkpoint
  readonly head: { readonly rootHex: string; readonly slot: number }
}

const KNOWS_NOTHING: ChainWord = { finalized: NOTHING.finalized, head: { rootHex: ZERO_ROOT_HEX, slot: 0 } }

export type StatusSource = 'beacon_node' | 'quorum' | 'none'

export interface StatusTruthDeps {
  readonly schedule: ForkSchedule
  readonly slotClock: SlotClock
}

export class StatusTruth {
  readonly #deps: StatusTruthDeps
  readonly #votes = new Map<PeerIdStr, StatusVote & { readonly atMs: number }>()
  /** What we say: the checkpoint before the newest agreed one. */
  #told: Agreed = NOTHING
  #newest: Agreed = NOTHING
  #head = { rootHex: ZERO_ROOT_HEX, slot: 0 }
  #beaconNode: { readonly word: ChainWord; readonly epoch: number } | undefined

  constructor(deps: StatusTruthDeps) {
    this.#deps = deps
  }

  /**
   * Takes a peer's Status as its vote; `group` is its network (/16 or /32), so that one host cannot outvote others. What
   * cannot be true is no vote: as the lowest head of a quorum, or the finality that blocks are held against, it would
   * become ours.
   */
  vote(peerId: PeerIdStr, group: string, status: Status): void {
    this.#votes.delete(peerId)
    if (!this.#isPossible(status.finalizedEpoch, status.headSlot)) return
    this.#votes.set(peerId, { group, status, atMs: this.#nowMs() })
    for (const oldest of this.#votes.keys()) {
      if (this.#votes.size <= MAX_VOTES) break
      this.#votes.delete(oldest)
    }
    this.#count()
  }

  /** A peer that left no longer votes. */
  forget(peerId: PeerIdStr): void {
    this.#votes.delete(peerId)
  }

  /** What the operator's beacon node says; what cannot be true is not believed. */
  believe(word: ChainWord): void {
    const { slotClock } = this.#deps
    if (!this.#isPossible(word.finalized.epoch, word.head.slot)) return
    this.#beaconNode = { word, epoch: slotClock.currentEpoch() }
  }

  /** Whose word our Status is. */
  get source(): StatusSource {
    if (this.#believed() !== undefined) return 'beacon_node'
    return this.#told === NOTHING ? 'none' : 'quorum'
  }

  /** Our Status at this moment. The head is never in the future and never before the finalized slot. */
  status(): Status {
    const { schedule, slotClock } = this.#deps
    const currentSlot = Math.max(0, slotClock.currentSlot())
    const { finalized, head } = this.#believed() ?? this.#agreed()
    const headSlot = Math.min(head.slot, currentSlot)
    return {
      forkDigestHex: schedule.at(slotClock.epochOfSlot(currentSlot)).digestHex,
      finalizedRootHex: finalized.rootHex,
      finalizedEpoch: finalized.epoch,
      headRootHex: head.rootHex,
      headSlot,
      earliestAvailableSlot: headSlot,
    }
  }

  /**
   * A finalized checkpoint is not after the head, and of an epoch that is over: blocks of the epoch behind it justify it
   * first (phase0 `process_justification_and_finalization`).
   */
  #isPossible(finalizedEpoch: number, headSlot: number): boolean {
    if (finalizedEpoch === 0) return true
    const { slotClock } = this.#deps
    const nextSlotsEpoch = slotClock.epochOfSlot(slotClock.currentSlot() + 1) // clocks differ
    return finalizedEpoch <= slotClock.epochOfSlot(headSlot) && finalizedEpoch < nextSlotsEpoch
  }

  #nowMs(): number {
    const { slotClock } = this.#deps
    return slotClock.slotStartMs(slotClock.currentSlot()) + slotClock.msIntoSlot()
  }

  #believed(): ChainWord | undefined {
    if (this.#beaconNode === undefined) return undefined
    const { word, epoch } = this.#beaconNode
    return this.#deps.slotClock.currentEpoch() - epoch <= BELIEVED_EPOCHS ? word : undefined
  }

  #agreed(): ChainWord {
    return this.#told === NOTHING ? KNOWS_NOTHING : { finalized: this.#told.finalized, head: this.#head }
  }

  /**
   * While voters move on, those who stay behind can be a quorum for a while, and liars are patient; but those who came
   * first may be the liars. So a checkpoint gives way to another of its epoch, or an older one, when more groups agree on
   * that than ever did on it. What was told of a chain that is not is taken back.
   */
  #count(): void {
    const nowMs = this.#nowMs()
    const result = quorumOf([...this.#votes.values()].filter(({ atMs }) => nowMs - atMs < VOTE_LIFE_MS))
    if (result === undefined) return
    const { finalized, groups } = result
    if (finalized.epoch > this.#newest.finalized.epoch) {
      this.#told = this.#newest
      this.#newest = result
    } else if (finalized.epoch > this.#told.finalized.epoch) {
      if (groups > this.#newest.groups) this.#newest = result
    } else if (groups > this.#told.groups) {
      const isTold = isSame(finalized, this.#told.finalized)
      this.#told = isTold ? result : NOTHING
      if (!isTold) this.#newest = result
    }
    if (!isSame(finalized, this.#newest.finalized) && !isSame(finalized, this.#told.finalized)) return
    this.#head = { rootHex: result.headRootHex, slot: result.headSlot }
  }
}

function isSame(a: Checkpoint, b: Checkpoint): boolean {
  return a.epoch === b.epoch && a.rootHex === b.rootHex
}

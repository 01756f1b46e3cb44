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
import { type Checkpoint, quorumOf, type StatusVote, ZERO_ROOT_HEX } from './status-quorum.ts'

/** Votes kept: more peers than a relay is ever connected to; the oldest goes first. */
const MAX_VOTES = 1024
/** Epochs for which a beacon node that fell silent is still believed: about as long as finality takes to move on. */
const BELIEVED_EPOCHS = 2

const NOTHING: Checkpoint = { epoch: 0, rootHex: ZERO_ROOT_HEX }

/** A finalized checkpoint that may be told, and the head. */
export interface ChainWord {
  readonly finalized: Checkpoint
  readonly head: { readonly rootHex: string; readonly slot: number }
}

const KNOWS_NOTHING: ChainWord = { finalized: NOTHING, head: { rootHex: ZERO_ROOT_HEX, slot: 0 } }

export type StatusSource = 'beacon_node' | 'quorum' | 'none'

export interface StatusTruthDeps {
  readonly schedule: ForkSchedule
  readonly slotClock: SlotClock
}

export class StatusTruth {
  readonly #deps: StatusTruthDeps
  readonly #votes = new Map<PeerIdStr, StatusVote>()
  /** What we say: the checkpoint before the newest agreed one. */
  #told: Checkpoint = NOTHING
  #newest: Checkpoint = NOTHING
  #head = { rootHex: ZERO_ROOT_HEX, slot: 0 }
  #beaconNode: { readonly word: ChainWord; readonly epoch: number } | undefined

  constructor(deps: StatusTruthDeps) {
    this.#deps = deps
  }

  /**
   * Takes a peer's Status as its vote; `group` is its network (/16 or /32), so that one host cannot outvote others. A
   * head before the peer's own finalized checkpoint is no vote: as the lowest of a quorum it would become ours.
   */
  vote(peerId: PeerIdStr, group: string, status: Status): void {
    this.#votes.delete(peerId)
    if (this.#deps.slotClock.epochOfSlot(status.headSlot) < status.finalizedEpoch) return
    this.#votes.set(peerId, { group, status })
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

  /** What the operator's beacon node says; a head before its own finalized checkpoint is not believed. */
  believe(word: ChainWord): void {
    const { slotClock } = this.#deps
    if (slotClock.epochOfSlot(word.head.slot) < word.finalized.epoch) return
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

  #believed(): ChainWord | undefined {
    if (this.#beaconNode === undefined) return undefined
    const { word, epoch } = this.#beaconNode
    return this.#deps.slotClock.currentEpoch() - epoch <= BELIEVED_EPOCHS ? word : undefined
  }

  #agreed(): ChainWord {
    return this.#told === NOTHING ? KNOWS_NOTHING : { finalized: this.#told, head: this.#head }
  }

  #count(): void {
    const result = quorumOf([...this.#votes.values()])
    // Voters for what we tell can leave those who are behind in the majority; their heads lie before it.
    if (result === undefined || result.finalized.epoch < this.#told.epoch) return
    if (result.finalized.epoch > this.#newest.epoch) {
      this.#told = this.#newest
      this.#newest = result.finalized
    }
    this.#head = { rootHex: result.headRootHex, slot: result.headSlot }
  }
}

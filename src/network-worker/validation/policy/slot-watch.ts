/**
 * Whether somebody forges blocks. Of what a proposer makes once a slot there is one when all is well, so that a second one
 * shows that one of them is forged, though not which.
 */

import { toHex } from '../../../shared/hex.ts'
import type { TopicStr } from '../../../shared/ids.ts'
import type { ProposerFacts } from '../checks/rule.ts'

/** How long nothing goes on unseen by others after that. */
const DOUBT_EPOCHS = 2
/** Slots before the current one that are remembered, in epochs: rules ignore what is older than two (seen_ttl). */
const KEPT_EPOCHS = 2
/** Current slot, and one ahead by the disparity of clocks. */
const SLOTS_AHEAD = 2
/** How many slots late the first of a slot may come and still go on at once: what is later is in no hurry. */
const SLOTS_LATE = 1

export interface SlotWatchDeps {
  readonly slotsPerEpoch: number
  readonly currentSlot: () => number
}

/** What came of a slot. */
interface SlotSeen {
  /** Topics that had their first one: bounded by the topics we are in. */
  readonly topics: Set<TopicStr>
  /** Those that had one of a peer whose word does not count. */
  readonly strangeTopics: Set<TopicStr>
  proposerIndex: number | undefined
  headerRootHex: string | undefined
  /** The first whose signature was right. */
  signerIndex: number | undefined
}

export class SlotWatch {
  readonly #deps: SlotWatchDeps
  /** Bounded by the slots that rules let pass: two epochs and the current one. */
  readonly #slots = new Map<number, SlotSeen>()
  #doubtUntilSlot = Number.NEGATIVE_INFINITY

  constructor(deps: SlotWatchDeps) {
    this.#deps = deps
  }

  /** True while a second proposer or variant has appeared in the last two epochs. */
  get isInDoubt(): boolean {
    return this.#deps.currentSlot() < this.#doubtUntilSlot
  }

  /**
   * Takes note of a message of `slot` on a topic that has one a slot. What comes from a peer whose word does not count is
   * nobody's contradiction: it neither raises doubt nor takes the place of the first.
   * @returns true when it is the first, and nothing of the slot contradicts it
   */
  isFirst(topic: TopicStr, slot: number, proposer: ProposerFacts | undefined, isStranger = false): boolean {
    const seen = this.#seenOf(slot)
    const headerRootHex = proposer?.headerRoot === undefined ? undefined : toHex(proposer.headerRoot)
    const isSingle =
      !seen.topics.has(topic) &&
      agree(seen.proposerIndex, proposer?.proposerIndex) &&
      agree(seen.headerRootHex, headerRootHex)
    if (isStranger) {
      const isFirst = isSingle && !seen.strangeTopics.has(topic)
      seen.strangeTopics.add(topic)
      return isFirst
    }
    seen.topics.add(topic)
    seen.proposerIndex ??= proposer?.proposerIndex
    seen.headerRootHex ??= headerRootHex
    if (!isSingle) {
      const { currentSlot, slotsPerEpoch } = this.#deps
      this.#doubtUntilSlot = currentSlot() + DOUBT_EPOCHS * slotsPerEpoch
    }
    return isSingle
  }

  /** True while what is of `slot` is worth being the first with. Of older slots, each of them unseen, anyone could make up one. */
  isTimely(slot: number): boolean {
    return slot >= this.#deps.currentSlot() - SLOTS_LATE
  }

  /**
   * Takes note of who signed, when nobody told whose turn it is.
   * @returns false when another one's signature was right before: any validator can sign for any slot
   */
  isOnlySigner({ slot, proposerIndex }: ProposerFacts): boolean {
    const seen = this.#seenOf(slot)
    seen.signerIndex ??= proposerIndex
    return seen.signerIndex === proposerIndex
  }

  #seenOf(slot: number): SlotSeen {
    const known = this.#slots.get(slot)
    if (known !== undefined) return known
    const made: SlotSeen = {
      topics: new Set(),
      strangeTopics: new Set(),
      proposerIndex: undefined,
      headerRootHex: undefined,
      signerIndex: undefined,
    }
    const { currentSlot, slotsPerEpoch } = this.#deps
    const current = currentSlot()
    const oldest = current - (KEPT_EPOCHS + 1) * slotsPerEpoch
    for (const kept of this.#slots.keys()) if (kept < oldest || kept > current + SLOTS_AHEAD) this.#slots.delete(kept)
    this.#slots.set(slot, made)
    return made
  }
}

/** What is not known contradicts nothing. */
function agree<T>(known: T | undefined, told: T | undefined): boolean {
  return known === undefined || told === undefined || known === told
}

/**
 * Which of the blocks that passed became the chain: each later block names its parent by root. None of it is verified, so
 * that it is no more than what those who sent the later blocks say; but it says afterwards who sent a block that was none.
 */
import type { MsgIdStr, PeerIdStr } from '../../../shared/ids.ts'

/** Slots back that are remembered: a block's child comes in the next slot, or after those without a block. */
const KEPT_SLOTS = 32
/** The current slot, and one ahead by the disparity of clocks. */
const SLOTS_AHEAD = 1
/** Messages of one slot: twice what may pass unverified of one (claim-limits.ts). */
const MAX_VARIANTS = 16
/**
 * A slot of which several blocks passed is judged so many slots later, and only if all that was built in them is built on
 * the same one: who forges one block may forge its child, and the next true block then has time to say otherwise.
 */
export const DISPUTED_SLOTS = 4

/** Roots in one form of hex, whichever. */
export interface HashedBlock {
  readonly slot: number
  readonly root: string
  readonly parentRoot: string
}

export interface PassedBlock {
  readonly slot: number
  readonly msgId: MsgIdStr
  /** Who had sent it by then, the first of them first. */
  readonly senders: readonly PeerIdStr[]
}

/** What came of a slot. */
export interface SlotOutcome {
  readonly slot: number
  /** The first slot in which it could be known. */
  readonly knownSlot: number
  /** Who was the first to send the block that others were built on; several when it came under several ids. */
  readonly first: readonly PeerIdStr[]
  /** Who sent another one of the slot, and not that one. */
  readonly caught: readonly PeerIdStr[]
}

/** One message. Its roots are there once it is hashed, if it is. */
interface Variant {
  readonly senders: readonly PeerIdStr[]
  root: string | undefined
  parentRoot: string | undefined
}

interface Slot {
  readonly variants: Map<MsgIdStr, Variant>
  isJudged: boolean
}

export class ChainEvidence {
  /** Bounded by the slots that are remembered. */
  readonly #slots = new Map<number, Slot>()
  #settledSlot = Number.NEGATIVE_INFINITY
  #hasNews = false

  passed({ slot, msgId, senders }: PassedBlock, currentSlot: number): void {
    if (!isKept(slot, currentSlot)) return
    const seen = this.#slots.get(slot) ?? { variants: new Map(), isJudged: false }
    this.#slots.set(slot, seen)
    if (seen.variants.size >= MAX_VARIANTS || seen.variants.has(msgId)) return
    seen.variants.set(msgId, { senders, root: undefined, parentRoot: undefined })
    this.#hasNews = true
  }

  /** A block was hashed; those that did not pass here are of no interest. */
  hashed(msgId: MsgIdStr, { slot, root, parentRoot }: HashedBlock): void {
    const variant = this.#slots.get(slot)?.variants.get(msgId)
    if (variant === undefined) return
    variant.root = root
    variant.parentRoot = parentRoot
    this.#hasNews = true
  }

  /** What is known now of slots of which nothing was known before; each is told once. */
  settle(currentSlot: number): readonly SlotOutcome[] {
    if (!this.#hasNews && currentSlot === this.#settledSlot) return NOTHING
    this.#hasNews = false
    this.#settledSlot = currentSlot
    const outcomes: SlotOutcome[] = []
    for (const [slot, seen] of this.#slots) {
      // A clock that was set back leaves some that are ahead of it.
      if (!isKept(slot, currentSlot)) this.#slots.delete(slot)
      else if (!seen.isJudged) {
        const outcome = this.#judge(slot, seen, currentSlot)
        if (outcome !== undefined) outcomes.push(outcome)
      }
    }
    return outcomes.sort((a, b) => a.slot - b.slot)
  }

  #judge(slot: number, seen: Slot, currentSlot: number): SlotOutcome | undefined {
    const variants = [...seen.variants.values()]
    const isDisputed = variants.length > 1
    if (isDisputed && currentSlot < slot + DISPUTED_SLOTS) return undefined
    const builtOn = this.#builtOn(slot, variants, currentSlot)
    const [found] = builtOn
    if (found === undefined) return undefined
    seen.isJudged = true
    if (builtOn.size > 1) return undefined
    const [root, childSlot] = found
    const knownSlot = Math.max(childSlot + 1, isDisputed ? slot + DISPUTED_SLOTS : 0)
    return { slot, knownSlot, ...sidesOf(variants, root) }
  }

  /** The roots of a slot that blocks of later slots, which are over, are built on, with the first such slot of each. */
  #builtOn(slot: number, variants: readonly Variant[], currentSlot: number): ReadonlyMap<string, number> {
    const roots = new Set(variants.map(({ root }) => root))
    const found = new Map<string, number>()
    for (const [childSlot, { variants: children }] of this.#slots) {
      if (childSlot <= slot || childSlot >= currentSlot) continue
      for (const { parentRoot } of children.values()) {
        if (parentRoot === undefined || !roots.has(parentRoot)) continue
        found.set(parentRoot, Math.min(childSlot, found.get(parentRoot) ?? childSlot))
      }
    }
    return found
  }
}

const NOTHING: readonly SlotOutcome[] = []

function isKept(slot: number, currentSlot: number): boolean {
  return slot > currentSlot - KEPT_SLOTS && slot <= currentSlot + SLOTS_AHEAD
}

/** Of a block that was never hashed nobody knows which side it is on. */
function sidesOf(variants: readonly Variant[], chainRoot: string): Pick<SlotOutcome, 'first' | 'caught'> {
  const ofChain = variants.filter(({ root }) => root === chainRoot)
  const others = variants.filter(({ root }) => root !== undefined && root !== chainRoot)
  const honest = new Set(ofChain.flatMap(({ senders }) => senders))
  return {
    first: [...new Set(ofChain.flatMap(({ senders }) => senders.slice(0, 1)))],
    caught: [...new Set(others.flatMap(({ senders }) => senders))].filter((peerId) => !honest.has(peerId)),
  }
}

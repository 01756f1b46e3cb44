/**
 * What has been seen, and how often. The specs let a message pass once for each of its keys, "the first *valid* one". A
 * message that nobody verified must not keep the true one out, so that it holds no key: up to a few such messages pass
 * with one key, and up to a limit on one topic and slot. A verified message holds its key, and no other passes with it.
 */
import type { PresetName } from '../../consensus/network-config.ts'
import { GOSSIP_KINDS, type GossipKind } from '../../consensus/topic-table.ts'
import type { Claim } from './checks/rule.ts'
import { type ClaimLimits, type ClaimMemory, claimLimits } from './claim-limits.ts'
import { ClaimStates } from './claim-states.ts'
import type { IgnoreReason } from './verdict.ts'

/** The state of a key: how many unverified messages passed with it, and from 8 on that a verified one holds it. */
const HELD = 8
const MOST_VARIANTS = HELD - 1
/** Epochs before the current one that are remembered: seen_ttl is two (specs/phase0/p2p-interface.md). */
const KEPT_EPOCHS = 2
/** Slots before the current one that are remembered of kinds that pass in their slot only; one for the disparity. */
const KEPT_SLOTS = 2
/** What is claimed ahead of time is at most an epoch ahead: proposer preferences are of the next epoch. */
const EPOCHS_AHEAD = 1
/**
 * On one topic there pass in one slot of ours, about all slots but those around the current one, so many times what passes
 * about one slot: room for what is late, of which nothing is taken from what is in time, and no room to send two epochs'
 * worth at once.
 */
const LATE_SLOTS = 2
/** Slots around the current one: one ahead for the disparity of clocks, and the last one, whose messages still come. */
const NEAR_SLOTS = 1

export interface ClaimBookDeps {
  readonly preset: PresetName
  readonly slotsPerEpoch: number
  readonly currentSlot: () => number
}

/** The claims of one topic. */
export interface TopicClaims {
  /**
   * Counts an unverified message that is about to pass. Undefined when it may, else why not.
   */
  take(claim: Claim): IgnoreReason | undefined
  /** As `take` for a message that as many have sent as `sourcesNeeded` says. */
  takeCorroborated(claim: Claim): IgnoreReason | undefined
  /**
   * How many independent peers must have sent an unverified message so that it may pass, 1 to 8: one more than for each
   * that passed with its key, and than the share of the room that was taken. Whoever has a few peers can use up a few
   * shares, and what more peers have sent still finds room.
   */
  sourcesNeeded(claim: Claim): number
  /** True when a verified message has the claim: another one need not be verified. */
  isHeld(claim: Claim): boolean
  /** Gives a claim to a verified message. @returns false when another one has it, so that this one is not to pass */
  hold(claim: Claim): boolean
}

/**
 * The claims of all topics. Memory: two tables of validator indices an epoch (attesters, aggregators), 1.2 MB each on
 * mainnet with all subnets, so that four epochs take 10 MB; the rest takes less than 5 MB. Forged keys make it 6 MB a
 * table at most.
 */
export class ClaimBook {
  readonly #deps: ClaimBookDeps
  readonly #kinds: ReadonlyMap<GossipKind, KindClaims>

  constructor(deps: ClaimBookDeps) {
    this.#deps = deps
    this.#kinds = new Map(
      GOSSIP_KINDS.map((kind) => [kind, new KindClaims(new ClaimHorizon(deps, claimLimits(kind, deps.preset).memory))]),
    )
  }

  /** To be asked for once a topic; topics of a kind share what has been seen, but each has its own limits. */
  ofTopic(kind: GossipKind): TopicClaims {
    const claims = this.#kinds.get(kind)
    if (claims === undefined) throw new Error(`no claims of ${kind}`)
    return new TopicBook(claims, claimLimits(kind, this.#deps.preset))
  }
}

/** The slots that a kind remembers, by our clock. */
class ClaimHorizon {
  readonly #deps: ClaimBookDeps
  readonly #memory: ClaimMemory

  constructor(deps: ClaimBookDeps, memory: ClaimMemory) {
    this.#deps = deps
    this.#memory = memory
  }

  get currentSlot(): number {
    return this.#deps.currentSlot()
  }

  epochOf(slot: number): number {
    return Math.floor(slot / this.#deps.slotsPerEpoch)
  }

  oldestSlot(currentSlot: number): number {
    if (this.#memory === 'slots') return currentSlot - KEPT_SLOTS
    return (this.epochOf(currentSlot) - KEPT_EPOCHS) * this.#deps.slotsPerEpoch
  }

  /** Before this one. */
  endSlot(currentSlot: number): number {
    return (this.epochOf(currentSlot + 1) + EPOCHS_AHEAD + 1) * this.#deps.slotsPerEpoch
  }
}

/** What has been seen of one kind. */
class KindClaims {
  readonly horizon: ClaimHorizon
  /** By slot and by epoch: as many as are remembered, and no more. */
  readonly #slots = new Map<number, ClaimStates>()
  readonly #epochs = new Map<number, ClaimStates>()
  /** Verified ones of no slot. Unverified ones count in their epoch: what they use up, a forger must use up anew. */
  readonly #ever = new ClaimStates(false)

  constructor(horizon: ClaimHorizon) {
    this.horizon = horizon
  }

  isHeld(claim: Claim): boolean {
    const states = claim.per === 'ever' ? this.#ever : this.#find(claim)
    return (states?.get(claim.key) ?? 0) >= HELD
  }

  /** How many unverified ones passed with the claim's key. */
  variants(claim: Claim): number {
    return Math.min(MOST_VARIANTS, this.#find(claim)?.get(claim.key) ?? 0)
  }

  hold(claim: Claim): void {
    const states = claim.per === 'ever' ? this.#ever : this.passed(claim, this.horizon.currentSlot)
    states.set(claim.key, HELD)
  }

  /** Where it is kept how many passed with the claim's key. */
  passed(claim: Claim, currentSlot: number): ClaimStates {
    const found = this.#find(claim)
    if (found !== undefined) return found
    const { slot, per } = claim
    const made = new ClaimStates(per === 'epoch')
    const oldestSlot = this.horizon.oldestSlot(currentSlot)
    if (per === 'slot') remember(this.#slots, slot, made, oldestSlot)
    else remember(this.#epochs, this.horizon.epochOf(slot), made, this.horizon.epochOf(oldestSlot))
    return made
  }

  #find({ slot, per }: Claim): ClaimStates | undefined {
    return per === 'slot' ? this.#slots.get(slot) : this.#epochs.get(this.horizon.epochOf(slot))
  }
}

/** Adds a time, and forgets those before `oldest`. */
function remember<T>(times: Map<number, T>, time: number, value: T, oldest: number): void {
  times.set(time, value)
  for (const known of times.keys()) if (known < oldest) times.delete(known)
}

class TopicBook implements TopicClaims {
  readonly #claims: KindClaims
  readonly #limits: ClaimLimits
  /** Unverified messages that passed, by the slot that they are about. */
  readonly #counts = new Map<number, number>()
  /** And in the current slot of ours, about slots that are not near. */
  #late = { slot: 0, count: 0 }

  constructor(claims: KindClaims, limits: ClaimLimits) {
    this.#claims = claims
    this.#limits = limits
  }

  take(claim: Claim): IgnoreReason | undefined {
    return this.#take(claim, this.#limits.variants)
  }

  takeCorroborated(claim: Claim): IgnoreReason | undefined {
    return this.#take(claim, MOST_VARIANTS)
  }

  sourcesNeeded(claim: Claim): number {
    const { currentSlot } = this.#claims.horizon
    const { expected } = this.#limits
    const taken = Math.floor((this.#counts.get(claim.slot) ?? 0) / expected)
    const late = isNear(claim.slot, currentSlot) ? 0 : this.#lateAt(currentSlot) / (LATE_SLOTS * expected)
    return 1 + Math.max(this.#claims.variants(claim), taken, Math.floor(late))
  }

  isHeld(claim: Claim): boolean {
    return this.#claims.isHeld(claim)
  }

  hold(claim: Claim): boolean {
    if (this.#claims.isHeld(claim)) return false
    this.#claims.hold(claim)
    return true
  }

  #take(claim: Claim, variants: number): IgnoreReason | undefined {
    const { horizon } = this.#claims
    const { slot, key } = claim
    const { currentSlot } = horizon
    // Whether it has been seen cannot be said of another time, and nothing would be remembered of it.
    if (slot < horizon.oldestSlot(currentSlot)) return 'past_slot'
    if (slot >= horizon.endSlot(currentSlot)) return 'future_slot'
    if (this.#claims.isHeld(claim)) return 'already_known'
    const states = this.#claims.passed(claim, currentSlot)
    const state = states.get(key)
    if (state >= variants) return 'too_many_variants'
    if (!this.#count(slot, currentSlot)) return 'slot_cap'
    states.set(key, state + 1)
    return undefined
  }

  /** False when enough have passed. */
  #count(slot: number, currentSlot: number): boolean {
    const { horizon } = this.#claims
    const { perSlot } = this.#limits
    const count = this.#counts.get(slot) ?? 0
    if (count >= perSlot) return false
    if (!isNear(slot, currentSlot)) {
      if (this.#lateAt(currentSlot) >= perSlot * LATE_SLOTS) return false
      this.#late.count++
    }
    if (count === 0) remember(this.#counts, slot, 1, horizon.oldestSlot(currentSlot))
    else this.#counts.set(slot, count + 1)
    return true
  }

  #lateAt(currentSlot: number): number {
    if (this.#late.slot !== currentSlot) this.#late = { slot: currentSlot, count: 0 }
    return this.#late.count
  }
}

function isNear(slot: number, currentSlot: number): boolean {
  return Math.abs(slot - currentSlot) <= NEAR_SLOTS
}

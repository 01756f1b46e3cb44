/** Rules as named rows, and the check that a list of them makes. */
import type { ForkName, PresetName } from '../../../consensus/network-config.ts'
import type { IgnoreReason, Refusal, RejectReason } from '../verdict.ts'
import type { CheckScene } from './scene.ts'

/** One sentence of a gossip validation function of the specs, on an object seen through a `View`. */
export interface Rule<View> {
  readonly refusal: Refusal
  /** Must not throw, whatever the bytes under the view are, as long as their layout is valid. */
  readonly isBroken: (view: View, scene: CheckScene) => boolean
}

/** A rule that an honest sender may break. */
export function ignoreIf<View>(reason: IgnoreReason, isBroken: Rule<View>['isBroken']): Rule<View> {
  return { refusal: { action: 'ignore', reason }, isBroken }
}

/** A rule that only a message can break which no honest node sends or forwards. */
export function rejectIf<View>(reason: RejectReason, isBroken: Rule<View>['isBroken']): Rule<View> {
  return { refusal: { action: 'reject', reason }, isBroken }
}

/**
 * What the specs allow to be seen but once. Two messages with claims of equal kind, time and key compete for it: the
 * first verified one holds it, and unverified ones are let through up to a few.
 */
export interface Claim {
  /** The slot of the message: claims are forgotten when no message of their slot can pass any more. */
  readonly slot: number
  /**
   * Within what time a key is seen once: the slot, the epoch of the slot, or, for objects that are of no slot (`slot` is
   * then the current one), for ever, which is as long as we remember.
   */
  readonly per: 'slot' | 'epoch' | 'ever'
  /**
   * The rest of what must not be seen twice. A number is a non-negative integer, exact up to 2^53. A short string for
   * keys of several parts: `proposer:index`.
   */
  readonly key: number | string
}

/** Who must have signed, and the header under the signature where the message carries it. */
export interface ProposerFacts {
  readonly slot: number
  readonly proposerIndex: number
  /** hash_tree_root of the BeaconBlockHeader; absent for a block, whose root is dear. */
  readonly headerRoot?: Uint8Array
}

/** The message broke no rule that it can be held against without a state. */
export interface Passed {
  readonly action: 'pass'
  readonly claim?: Claim
  readonly proposer?: ProposerFacts
}

export type CheckResult = Refusal | Passed

/** Judges bytes whose layout is valid. */
export type Check = (ssz: Uint8Array, scene: CheckScene) => CheckResult

/** Makes the check of a kind for topics of a fork; the places of fields are worked out here and not for each message. */
export type CheckFactory = (fork: ForkName, preset: PresetName) => Check

/** What a check is made of. */
export interface CheckParts<View> {
  readonly view: (ssz: Uint8Array) => View
  /** In the order of the spec, as far as it gives one; the first that is broken decides. */
  readonly rules: readonly Rule<View>[]
  /** Called when no rule is broken. */
  readonly pass: (view: View, scene: CheckScene) => Passed
}

export function checkOf<View>({ view: viewOf, rules, pass }: CheckParts<View>): Check {
  return (ssz, scene) => {
    const view = viewOf(ssz)
    for (const rule of rules) if (rule.isBroken(view, scene)) return rule.refusal
    return pass(view, scene)
  }
}

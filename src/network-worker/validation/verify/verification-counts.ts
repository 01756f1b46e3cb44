import type { GossipKind } from '../../../consensus/topic-table.ts'
import type { Verification } from './verifier.ts'

/** Why a message got no answer. Metric labels. */
export const UNAVAILABLE_REASONS = ['no_key', 'bad_key', 'other_proposer', 'queue_full', 'failed', 'too_long'] as const
export type UnavailableReason = (typeof UNAVAILABLE_REASONS)[number]

/** What became of one message. */
export type Outcome = Exclude<Verification, 'unavailable'> | UnavailableReason

const UNAVAILABLE: ReadonlySet<Outcome> = new Set(UNAVAILABLE_REASONS)

/** Answers by kind of message, since the start. Bounded by the kinds and outcomes that there are. */
export class VerificationCounts {
  readonly #counts = new Map<GossipKind, Map<Outcome, number>>()

  /** Counts an outcome, and says what it is to those who asked. */
  count(kind: GossipKind, outcome: Outcome): Verification {
    const outcomes = this.#counts.get(kind) ?? new Map<Outcome, number>()
    this.#counts.set(kind, outcomes)
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    return isUnavailable(outcome) ? 'unavailable' : outcome
  }

  get(kind: GossipKind, outcome: Outcome): number {
    return this.#counts.get(kind)?.get(outcome) ?? 0
  }

  /** Those that have occurred. */
  all(): readonly { readonly kind: GossipKind; readonly outcome: Outcome; readonly count: number }[] {
    return [...this.#counts].flatMap(([kind, outcomes]) =>
      [...outcomes].map(([outcome, count]) => ({ kind, outcome, count })),
    )
  }
}

function isUnavailable(outcome: Outcome): outcome is UnavailableReason {
  return UNAVAILABLE.has(outcome)
}

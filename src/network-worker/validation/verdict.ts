/** Reasons that say nothing against the sender: clocks, forks, views and luck of honest nodes differ. Metric labels. */
export const IGNORE_REASONS = [
  // When.
  'future_slot',
  'past_slot',
  'finalized_slot',
  'too_early',
  'before_fork',
  'other_digest',
  // What has been seen.
  'already_known',
  'too_many_variants',
  'slot_cap',
  // Who sent it.
  'uncorroborated',
  'corroboration_full',
] as const

/** Reasons that the message itself proves: no honest node sends or forwards it. Metric labels. */
export const REJECT_REASONS = [
  // The bytes.
  'snappy_too_short',
  'snappy_too_long',
  'snappy_bad_length',
  'snappy_corrupt',
  'snappy_compressed_too_long',
  'bad_layout',
  // Where it belongs.
  'wrong_subnet',
  'bad_index',
  'bad_committee',
  'bad_data_index',
  'bad_target_epoch',
  // Votes.
  'bad_bits',
  'no_participants',
  'not_aggregator',
  // Blocks, payloads and what goes with them.
  'bad_slot',
  'bad_timestamp',
  'bad_parent',
  'bad_payment',
  'too_many_blobs',
  'empty_commitments',
  'unequal_lengths',
  'bad_inclusion_proof',
  // Operations.
  'not_slashable',
  'bad_order',
  'future_epoch',
  // Signatures, and KZG proofs.
  'bad_signature',
  'bad_proof',
] as const

export type IgnoreReason = (typeof IGNORE_REASONS)[number]
export type RejectReason = (typeof REJECT_REASONS)[number]

/** Why a message was not accepted. A closed list: each is a metric label. */
export type VerdictReason = IgnoreReason | RejectReason

const REJECTING: ReadonlySet<VerdictReason> = new Set(REJECT_REASONS)

/** True when `reason` says something of who sent the message. */
export function isRejectReason(reason: VerdictReason): reason is RejectReason {
  return REJECTING.has(reason)
}

/**
 * Reasons that time or another copy may undo: a message that is too early now, or that nobody else has sent yet, is judged
 * anew when it comes again. Else whoever sends a true one too early, or where it finds no company, would keep it out.
 */
const PASSING: ReadonlySet<VerdictReason> = new Set<VerdictReason>([
  'future_slot',
  'too_early',
  'before_fork',
  'uncorroborated',
  'corroboration_full',
])

/** What we do with a message: forward it, drop it unpunished, or drop it and hold it against who sent it. */
export type Verdict =
  | { readonly action: 'accept' }
  | { readonly action: 'ignore' | 'reject'; readonly reason: VerdictReason }

/** A verdict that does not forward. */
export type Refusal = Exclude<Verdict, { action: 'accept' }>

export const ACCEPT: Verdict = { action: 'accept' }

/** True when the message may have another verdict later. */
export function isPassing(verdict: Verdict | Promise<Verdict>): boolean {
  return 'reason' in verdict && verdict.action === 'ignore' && PASSING.has(verdict.reason)
}

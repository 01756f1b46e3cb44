/** Why a message was not accepted. A closed list: each is a metric label. */
export type VerdictReason =
  | 'snappy_too_short'
  | 'snappy_too_long'
  | 'snappy_bad_length'
  | 'snappy_corrupt'
  | 'snappy_compressed_too_long'
  | 'truncated'
  | 'future_slot'
  | 'past_slot'
  | 'other_digest'

/** What we do with a message: forward it, drop it unpunished, or drop it and hold it against who sent it. */
export type Verdict =
  | { readonly action: 'accept' }
  | { readonly action: 'ignore' | 'reject'; readonly reason: VerdictReason }

export const ACCEPT: Verdict = { action: 'accept' }

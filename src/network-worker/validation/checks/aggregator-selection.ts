import { hash } from 'node:crypto'
import { readOffset } from '../../../consensus/ssz-layout.ts'

/** TARGET_AGGREGATORS_PER_COMMITTEE, specs/phase0/validator.md; the same as TARGET_AGGREGATORS_PER_SYNC_SUBCOMMITTEE */
const TARGET_AGGREGATORS = 16

/**
 * True when a selection proof makes a member of a committee of `members` an aggregator. Costs a hash.
 * Spec: specs/phase0/validator.md#aggregation-selection, specs/altair/validator.md#aggregation-selection
 */
export function selectsAggregator(selectionProof: Uint8Array, members: number): boolean {
  const modulo = Math.max(1, Math.floor(members / TARGET_AGGREGATORS))
  if (modulo === 1) return true
  const digest = hash('sha256', selectionProof, 'buffer')
  // The digest's first 8 bytes are one number; taken apart, no step goes beyond 2^53.
  const high = readOffset(digest, 4) % modulo
  return (high * (2 ** 32 % modulo) + readOffset(digest, 0)) % modulo === 0
}

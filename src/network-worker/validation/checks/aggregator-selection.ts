import { hash } from 'node:crypto'
import { TARGET_AGGREGATORS_PER_COMMITTEE } from '../../../consensus/committees.ts'
import { readOffset } from '../../../consensus/ssz/ssz-layout.ts'

/**
 * True when a selection proof makes a member of a committee of `members` an aggregator. Costs a hash. The same number
 * counts for sync committees (TARGET_AGGREGATORS_PER_SYNC_SUBCOMMITTEE).
 * Spec: specs/phase0/validator.md#aggregation-selection, specs/altair/validator.md#aggregation-selection
 */
export function selectsAggregator(selectionProof: Uint8Array, members: number): boolean {
  const modulo = Math.max(1, Math.floor(members / TARGET_AGGREGATORS_PER_COMMITTEE))
  if (modulo === 1) return true
  const digest = hash('sha256', selectionProof, 'buffer')
  // The digest's first 8 bytes are one number; taken apart, no step goes beyond 2^53.
  const high = readOffset(digest, 4) % modulo
  return (high * (2 ** 32 % modulo) + readOffset(digest, 0)) % modulo === 0
}

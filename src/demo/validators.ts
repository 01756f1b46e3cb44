/** Who validates in the demo: enough validators that a slot has all 64 committees, of the spec's target size. */
import { COMPOUNDING_WITHDRAWAL_PREFIX, FAR_FUTURE_EPOCH, MAX_EFFECTIVE_BALANCE_ELECTRA } from '@lodestar/params'
import { type phase0, ssz } from '@lodestar/types'
import { DISTINCT_KEYS, type KeyRing } from './keys.ts'
import { hashPair, merkleRoot, zeroHashes } from './merkle.ts'

/**
 * MAX_COMMITTEES_PER_SLOT (64) * SLOTS_PER_EPOCH (32) * TARGET_COMMITTEE_SIZE (128), the least that gives 64
 * committees of 128 in each slot. An attestation's subnet then equals its committee index, as on mainnet.
 * Spec: specs/phase0/beacon-chain.md#get_committee_count_per_slot
 */
export const VALIDATOR_COUNT = 64 * 32 * 128

/** log2 of VALIDATOR_REGISTRY_LIMIT (specs/phase0/beacon-chain.md). */
const REGISTRY_DEPTH = 40

/**
 * Genesis validator `index`. All hold the largest effective balance, so the sampling of proposers accepts its first
 * candidate always.
 */
export function genesisValidator(keys: KeyRing, index: number): phase0.Validator {
  const pubkey = keys.publicKeyBytes(index)
  const withdrawalCredentials = new Uint8Array(32)
  withdrawalCredentials[0] = COMPOUNDING_WITHDRAWAL_PREFIX
  withdrawalCredentials.set(pubkey.subarray(0, 20), 12)
  return {
    pubkey,
    withdrawalCredentials,
    effectiveBalance: MAX_EFFECTIVE_BALANCE_ELECTRA,
    slashed: false,
    activationEligibilityEpoch: 0,
    activationEpoch: 0,
    exitEpoch: FAR_FUTURE_EPOCH,
    withdrawableEpoch: FAR_FUTURE_EPOCH,
  }
}

/**
 * hash_tree_root of the list of `count` genesis validators. The list repeats after DISTINCT_KEYS entries, so all
 * subtrees of that size are equal and one of them is hashed once.
 * @param count a power of two times DISTINCT_KEYS
 */
export function validatorsRoot(keys: KeyRing, count: number): Uint8Array {
  const periodDepth = Math.log2(DISTINCT_KEYS)
  const listDepth = Math.log2(count)
  if (!Number.isInteger(listDepth) || listDepth < periodDepth)
    throw new Error(`not a whole number of periods: ${count}`)
  const roots = Array.from({ length: DISTINCT_KEYS }, (_, index) =>
    ssz.phase0.Validator.hashTreeRoot(genesisValidator(keys, index)),
  )
  let root = merkleRoot(roots, periodDepth)
  for (let depth = periodDepth; depth < listDepth; depth++) root = hashPair(root, root)
  for (const zero of zeroHashes(REGISTRY_DEPTH - 1).slice(listDepth)) root = hashPair(root, zero)
  const length = Buffer.alloc(32)
  length.writeUInt32LE(count, 0)
  return hashPair(root, length)
}

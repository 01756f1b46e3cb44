import {
  DOMAIN_AGGREGATE_AND_PROOF,
  DOMAIN_BEACON_ATTESTER,
  DOMAIN_BEACON_PROPOSER,
  DOMAIN_RANDAO,
  DOMAIN_SELECTION_PROOF,
} from '@lodestar/params'
import { ssz } from '@lodestar/types'

/** Signing domains of the demo's one fork, 32 bytes each. */
export interface Domains {
  readonly proposer: Uint8Array
  readonly attester: Uint8Array
  readonly randao: Uint8Array
  readonly selectionProof: Uint8Array
  readonly aggregateAndProof: Uint8Array
}

/** compute_domain (specs/phase0/beacon-chain.md#compute_domain) for each domain the demo signs in. */
export function createDomains(forkVersion: Uint8Array, genesisValidatorsRoot: Uint8Array): Domains {
  const forkDataRoot = ssz.phase0.ForkData.hashTreeRoot({ currentVersion: forkVersion, genesisValidatorsRoot })
  const domain = (type: Uint8Array): Uint8Array => Buffer.concat([type, forkDataRoot.subarray(0, 28)])
  return {
    proposer: domain(DOMAIN_BEACON_PROPOSER),
    attester: domain(DOMAIN_BEACON_ATTESTER),
    randao: domain(DOMAIN_RANDAO),
    selectionProof: domain(DOMAIN_SELECTION_PROOF),
    aggregateAndProof: domain(DOMAIN_AGGREGATE_AND_PROOF),
  }
}

/** compute_signing_root (specs/phase0/beacon-chain.md#compute_signing_root) of an object's own root. */
export function signingRoot(objectRoot: Uint8Array, domain: Uint8Array): Uint8Array {
  return ssz.phase0.SigningData.hashTreeRoot({ objectRoot, domain })
}

/** Sync committees. Spec: specs/altair/beacon-chain.md, specs/altair/validator.md */
import { bitvector, type ContainerType, container, uint64 } from '../ssz/ssz-layout-type.ts'
import { SYNC_COMMITTEE_SUBNET_COUNT } from '../topic-table.ts'
import { root, signature, signed } from './basic.ts'
import type { Edition } from './edition.ts'

export const syncCommitteeMessage = container('SyncCommitteeMessage', {
  slot: uint64,
  beaconBlockRoot: root,
  validatorIndex: uint64,
  signature,
})

export function syncAggregateType(edition: Edition): ContainerType {
  const syncCommitteeBits = bitvector(edition.syncCommitteeSize)
  return container('SyncAggregate', { syncCommitteeBits, syncCommitteeSignature: signature })
}

export function signedContributionAndProofType(edition: Edition): ContainerType {
  const contribution = container('SyncCommitteeContribution', {
    slot: uint64,
    beaconBlockRoot: root,
    subcommitteeIndex: uint64,
    aggregationBits: bitvector(edition.syncCommitteeSize / SYNC_COMMITTEE_SUBNET_COUNT),
    signature,
  })
  const message = container('ContributionAndProof', {
    aggregatorIndex: uint64,
    contribution,
    selectionProof: signature,
  })
  return signed('SignedContributionAndProof', message)
}

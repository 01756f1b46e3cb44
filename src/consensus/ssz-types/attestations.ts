/** Attestations, alone, aggregated and slashed. Spec: specs/phase0/beacon-chain.md, specs/electra/beacon-chain.md */
import { isForkAtLeast } from '../network-config.ts'
import { bitlist, bitvector, type ContainerType, container, list, uint64 } from '../ssz/ssz-layout-type.ts'
import { attestationData, signature, signed } from './basic.ts'
import type { Edition } from './edition.ts'

/** MAX_VALIDATORS_PER_COMMITTEE of both presets (presets/<preset>/phase0.yaml). */
export const MAX_VALIDATORS_PER_COMMITTEE = 2048

/** The validators of one attestation: a committee, from Electra on all committees of the slot (EIP-7549). */
function maxAttesters(edition: Edition): number {
  const committees = isForkAtLeast(edition.fork, 'electra') ? edition.maxCommitteesPerSlot : 1
  return MAX_VALIDATORS_PER_COMMITTEE * committees
}

/** As in blocks and aggregates. */
export function attestationType(edition: Edition): ContainerType {
  const common = { aggregationBits: bitlist(maxAttesters(edition)), data: attestationData, signature }
  const isElectra = isForkAtLeast(edition.fork, 'electra')
  const fields = isElectra ? { ...common, committeeBits: bitvector(edition.maxCommitteesPerSlot) } : common
  return container('Attestation', fields)
}

const singleAttestation = container('SingleAttestation', {
  committeeIndex: uint64,
  attesterIndex: uint64,
  data: attestationData,
  signature,
})

/** As on the attestation subnets. */
export function subnetAttestationType(edition: Edition): ContainerType {
  return isForkAtLeast(edition.fork, 'electra') ? singleAttestation : attestationType(edition)
}

export function signedAggregateAndProofType(edition: Edition): ContainerType {
  const aggregate = attestationType(edition)
  const message = container('AggregateAndProof', { aggregatorIndex: uint64, aggregate, selectionProof: signature })
  return signed('SignedAggregateAndProof', message)
}

export function attesterSlashingType(edition: Edition): ContainerType {
  const attestingIndices = list(uint64, maxAttesters(edition))
  const indexed = container('IndexedAttestation', { attestingIndices, data: attestationData, signature })
  return container('AttesterSlashing', { attestation1: indexed, attestation2: indexed })
}

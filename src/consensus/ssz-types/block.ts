/** Blocks. Spec: specs/<fork>/beacon-chain.md#beaconblockbody; fields stand in the order in which forks added them */
import { isForkAtLeast } from '../network-config.ts'
import { type ContainerType, container, list, type SszType, uint64 } from '../ssz/ssz-layout-type.ts'
import { attestationType, attesterSlashingType } from './attestations.ts'
import { blobKzgCommitments, root, signature, signed } from './basic.ts'
import { type Edition, fieldsIn } from './edition.ts'
import { executionPayloadType, executionRequestsType } from './execution.ts'
import { deposit, proposerSlashing, signedBlsToExecutionChange, signedVoluntaryExit } from './operations.ts'
import { payloadAttestationType, signedExecutionPayloadBid } from './payload-separation.ts'
import { syncAggregateType } from './sync-committee.ts'

/** presets/<preset>/phase0.yaml, capella.yaml, electra.yaml, gloas.yaml; both presets have the same. */
const MAX_PROPOSER_SLASHINGS = 16
const MAX_ATTESTER_SLASHINGS = 2
const MAX_ATTESTER_SLASHINGS_ELECTRA = 1
const MAX_ATTESTATIONS = 128
const MAX_ATTESTATIONS_ELECTRA = 8
const MAX_DEPOSITS = 16
/** process_operations of specs/gloas/beacon-chain.md: legacy deposits are over. */
const MAX_DEPOSITS_GLOAS = 0
const MAX_VOLUNTARY_EXITS = 16
const MAX_BLS_TO_EXECUTION_CHANGES = 16
const MAX_PAYLOAD_ATTESTATIONS = 4

const eth1Data = container('Eth1Data', { depositRoot: root, depositCount: uint64, blockHash: root })

/** The fields that are there since phase0. */
function operationFields(edition: Edition): Readonly<Record<string, SszType>> {
  const isElectra = isForkAtLeast(edition.fork, 'electra')
  const maxAttesterSlashings = isElectra ? MAX_ATTESTER_SLASHINGS_ELECTRA : MAX_ATTESTER_SLASHINGS
  return {
    randaoReveal: signature,
    eth1Data,
    graffiti: root,
    proposerSlashings: list(proposerSlashing, MAX_PROPOSER_SLASHINGS),
    attesterSlashings: list(attesterSlashingType(edition), maxAttesterSlashings),
    attestations: list(attestationType(edition), isElectra ? MAX_ATTESTATIONS_ELECTRA : MAX_ATTESTATIONS),
    deposits: list(deposit, isForkAtLeast(edition.fork, 'gloas') ? MAX_DEPOSITS_GLOAS : MAX_DEPOSITS),
    voluntaryExits: list(signedVoluntaryExit, MAX_VOLUNTARY_EXITS),
  }
}

function bodyType(edition: Edition): ContainerType {
  const executionRequests = executionRequestsType(edition)
  const separated = {
    signedExecutionPayloadBid,
    payloadAttestations: list(payloadAttestationType(edition), MAX_PAYLOAD_ATTESTATIONS),
    parentExecutionRequests: executionRequests,
  }
  const blsToExecutionChanges = list(signedBlsToExecutionChange, MAX_BLS_TO_EXECUTION_CHANGES)
  const executionPayload = executionPayloadType(edition)
  return container('BeaconBlockBody', {
    ...operationFields(edition),
    ...fieldsIn(edition, { from: 'altair' }, { syncAggregate: syncAggregateType(edition) }),
    ...fieldsIn(edition, { from: 'bellatrix', until: 'gloas' }, { executionPayload }),
    ...fieldsIn(edition, { from: 'capella' }, { blsToExecutionChanges }),
    ...fieldsIn(edition, { from: 'deneb', until: 'gloas' }, { blobKzgCommitments }),
    ...fieldsIn(edition, { from: 'electra', until: 'gloas' }, { executionRequests }),
    ...fieldsIn(edition, { from: 'gloas' }, separated),
  })
}

export function signedBeaconBlockType(edition: Edition): ContainerType {
  const message = container('BeaconBlock', {
    slot: uint64,
    proposerIndex: uint64,
    parentRoot: root,
    stateRoot: root,
    body: bodyType(edition),
  })
  return signed('SignedBeaconBlock', message)
}

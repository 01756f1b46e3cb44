/** Containers that Gloas brings with the separation of proposer and builder (EIP-7732). Spec: specs/gloas/ */
import { bitvector, boolean, type ContainerType, container, uint64 } from '../ssz/ssz-layout-type.ts'
import { blobKzgCommitments, executionAddress, root, signature, signed } from './basic.ts'
import { type Edition, notBefore } from './edition.ts'
import { executionPayloadType, executionRequestsType } from './execution.ts'

export const signedExecutionPayloadBid = signed(
  'SignedExecutionPayloadBid',
  container('ExecutionPayloadBid', {
    parentBlockHash: root,
    parentBlockRoot: root,
    blockHash: root,
    prevRandao: root,
    feeRecipient: executionAddress,
    gasLimit: uint64,
    builderIndex: uint64,
    slot: uint64,
    value: uint64,
    executionPayment: uint64,
    blobKzgCommitments,
    executionRequestsRoot: root,
  }),
)

const payloadAttestationData = container('PayloadAttestationData', {
  beaconBlockRoot: root,
  slot: uint64,
  payloadPresent: boolean,
  blobDataAvailable: boolean,
})

export function payloadAttestationType(edition: Edition): ContainerType {
  const aggregationBits = bitvector(edition.ptcSize)
  return container('PayloadAttestation', { aggregationBits, data: payloadAttestationData, signature })
}

export const payloadAttestationMessage = container('PayloadAttestationMessage', {
  validatorIndex: uint64,
  data: payloadAttestationData,
  signature,
})

export const signedProposerPreferences = signed(
  'SignedProposerPreferences',
  container('ProposerPreferences', {
    dependentRoot: root,
    proposalSlot: uint64,
    validatorIndex: uint64,
    feeRecipient: executionAddress,
    targetGasLimit: uint64,
  }),
)

export function signedExecutionPayloadEnvelopeType(edition: Edition): ContainerType {
  const gloas = notBefore(edition, 'gloas')
  const message = container('ExecutionPayloadEnvelope', {
    payload: executionPayloadType(gloas),
    executionRequests: executionRequestsType(gloas),
    builderIndex: uint64,
    beaconBlockRoot: root,
    parentBeaconBlockRoot: root,
  })
  return signed('SignedExecutionPayloadEnvelope', message)
}

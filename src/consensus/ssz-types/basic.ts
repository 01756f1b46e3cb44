/** What most containers are made of. Spec: specs/phase0/beacon-chain.md#custom-types, #containers */
import {
  bytes,
  type ContainerType,
  container,
  list,
  type SequenceType,
  type SszType,
  uint64,
  vector,
} from '../ssz/ssz-layout-type.ts'

export const root = bytes(32)
export const signature = bytes(96)
export const pubkey = bytes(48)
export const executionAddress = bytes(20)
export const uint256 = bytes(32)
/** KZGCommitment and KZGProof, points of G1 (specs/deneb/polynomial-commitments.md). */
export const kzgPoint = bytes(48)

/** A Merkle branch of so many levels. */
export function branch(depth: number): SequenceType {
  return vector(root, depth)
}

/** A message and its signature. */
export function signed(name: string, message: SszType): ContainerType {
  return container(name, { message, signature })
}

const checkpoint = container('Checkpoint', { epoch: uint64, root })

export const attestationData = container('AttestationData', {
  slot: uint64,
  index: uint64,
  beaconBlockRoot: root,
  source: checkpoint,
  target: checkpoint,
})

export const beaconBlockHeader = container('BeaconBlockHeader', {
  slot: uint64,
  proposerIndex: uint64,
  parentRoot: root,
  stateRoot: root,
  bodyRoot: root,
})

export const signedBeaconBlockHeader = signed('SignedBeaconBlockHeader', beaconBlockHeader)

/** MAX_BLOB_COMMITMENTS_PER_BLOCK of both presets (presets/<preset>/deneb.yaml). */
export const MAX_BLOB_COMMITMENTS_PER_BLOCK = 4096

export const blobKzgCommitments = list(kzgPoint, MAX_BLOB_COMMITMENTS_PER_BLOCK)

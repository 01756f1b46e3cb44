/**
 * The few Merkle roots and branches that gossip rules ask for, straight from serialised bytes.
 * Spec: ssz/simple-serialize.md#merkleization, specs/phase0/beacon-chain.md#is_valid_merkle_branch
 */

import { beaconBlockHeader, MAX_BLOB_COMMITMENTS_PER_BLOCK } from '../ssz-types/basic.ts'
import { CHUNK_BYTES, foldChunks, hashPair } from './merkle-tree.ts'

/** A KZG commitment fills one chunk and half of the next. */
const COMMITMENT_BYTES = 48
const COMMITMENTS_DEPTH = Math.log2(MAX_BLOB_COMMITMENTS_PER_BLOCK)
const HEADER_FIELDS = [...beaconBlockHeader.fields.values()]
const HEADER_DEPTH = Math.ceil(Math.log2(HEADER_FIELDS.length))

function firstChunk(nodes: Buffer): Uint8Array {
  return nodes.subarray(0, CHUNK_BYTES)
}

/**
 * hash_tree_root of a BeaconBlockHeader, which is that of its block too. Six hashes.
 * @param header its serialisation, 112 bytes
 */
export function beaconHeaderRoot(header: Uint8Array): Uint8Array {
  const nodes = Buffer.alloc(2 * CHUNK_BYTES * Math.ceil(HEADER_FIELDS.length / 2))
  for (const [index, { at, fixedBytes = 0 }] of HEADER_FIELDS.entries()) {
    nodes.set(header.subarray(at, at + fixedBytes), index * CHUNK_BYTES)
  }
  foldChunks(nodes, HEADER_FIELDS.length, HEADER_DEPTH)
  return firstChunk(nodes)
}

/** hash_tree_root of a KZGCommitment of 48 bytes. One hash. */
export function kzgCommitmentRoot(commitment: Uint8Array): Uint8Array {
  const nodes = Buffer.alloc(2 * CHUNK_BYTES)
  nodes.set(commitment.subarray(0, COMMITMENT_BYTES), 0)
  hashPair(nodes, 0, 0)
  return firstChunk(nodes)
}

/**
 * hash_tree_root of a block's list `blob_kzg_commitments` (specs/deneb/beacon-chain.md#beaconblockbody; before Gloas,
 * whose lists are progressive). Two hashes for each commitment and some twelve.
 * @param commitments their serialisation, 48 bytes each
 */
export function kzgCommitmentsRoot(commitments: Uint8Array): Uint8Array {
  const count = Math.floor(commitments.length / COMMITMENT_BYTES)
  const nodes = Buffer.alloc(2 * CHUNK_BYTES * Math.max(1, count))
  for (let i = 0; i < count; i++) {
    const commitment = commitments.subarray(i * COMMITMENT_BYTES, (i + 1) * COMMITMENT_BYTES)
    nodes.set(commitment, 2 * i * CHUNK_BYTES)
  }
  for (let i = 0; i < count; i++) hashPair(nodes, 2 * i * CHUNK_BYTES, i * CHUNK_BYTES)
  foldChunks(nodes, count, COMMITMENTS_DEPTH)
  nodes.fill(0, CHUNK_BYTES, 2 * CHUNK_BYTES)
  nodes.writeUInt32LE(count, CHUNK_BYTES)
  hashPair(nodes, 0, 0)
  return firstChunk(nodes)
}

/**
 * is_valid_merkle_branch: true when hashing `leaf` at position `index` with `branch` gives `root`. The depth is the
 * length of the branch, one hash a level.
 * @param branch the siblings from the leaf up, 32 bytes each, in one run
 * @param index of the leaf at its depth, below 2^31
 */
export function isValidMerkleBranch(leaf: Uint8Array, branch: Uint8Array, index: number, root: Uint8Array): boolean {
  const nodes = Buffer.alloc(2 * CHUNK_BYTES)
  nodes.set(leaf.subarray(0, CHUNK_BYTES), 0)
  for (let level = 0; level * CHUNK_BYTES < branch.length; level++) {
    const isRight = ((index >>> level) & 1) === 1
    if (isRight) nodes.copyWithin(CHUNK_BYTES, 0, CHUNK_BYTES)
    const sibling = branch.subarray(level * CHUNK_BYTES, (level + 1) * CHUNK_BYTES)
    nodes.set(sibling, isRight ? 0 : CHUNK_BYTES)
    hashPair(nodes, 0, 0)
  }
  return nodes.compare(root, 0, root.length, 0, CHUNK_BYTES) === 0
}

/**
 * Merkle trees of chunks of 32 bytes, worked out in place. A tree may have room for far more than there is: what is empty
 * is not hashed. Spec: ssz/simple-serialize.md#merkleization
 */
import { hash } from 'node:crypto'

export const CHUNK_BYTES = 32
/** Levels of the deepest tree here: 4,096 commitments of a block. Aggregation bits, 512 chunks at most, have 9. */
const MAX_DEPTH = 12

/** Roots of trees of zero chunks, by depth. */
const ZERO_ROOTS = zeroRoots(MAX_DEPTH)

function zeroRoots(depth: number): readonly Buffer[] {
  const nodes = Buffer.alloc(2 * CHUNK_BYTES)
  const roots = [Buffer.from(nodes.subarray(0, CHUNK_BYTES))]
  for (let level = 0; level < depth; level++) {
    nodes.copyWithin(CHUNK_BYTES, 0, CHUNK_BYTES)
    hashPair(nodes, 0, 0)
    roots.push(Buffer.from(nodes.subarray(0, CHUNK_BYTES)))
  }
  return roots
}

/**
 * Writes the parent of the two nodes at `from` to `to`, in place. The digest is taken as text: node:crypto makes an
 * ArrayBuffer for any other form, which costs three times the hash.
 */
export function hashPair(nodes: Buffer, from: number, to: number): void {
  nodes.write(hash('sha256', nodes.subarray(from, from + 2 * CHUNK_BYTES), 'binary'), to, CHUNK_BYTES, 'latin1')
}

/**
 * Folds the first `count` chunks of `nodes`, padded with zero chunks to 2**depth of them, into their root, which is then
 * the first chunk. `nodes` has room for `count` chunks rounded up to an even number, and for one at least.
 */
export function foldChunks(nodes: Buffer, count: number, depth: number): void {
  let width = count
  for (let level = 0; level < depth && width > 0; level++) {
    if (width % 2 === 1) nodes.set(ZERO_ROOTS[level] as Buffer, width * CHUNK_BYTES)
    width = Math.ceil(width / 2)
    for (let i = 0; i < width; i++) hashPair(nodes, 2 * i * CHUNK_BYTES, i * CHUNK_BYTES)
  }
  if (width === 0) nodes.set(ZERO_ROOTS[depth] as Buffer, 0)
}

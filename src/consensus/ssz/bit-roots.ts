/**
 * hash_tree_root of bitlists and of progressive containers, straight from their serialisation.
 * Spec: ssz/simple-serialize.md#merkleization; progressive ones, from Gloas on: EIP-7916, EIP-7688
 */
import { pairRoot } from './fixed-root.ts'
import { CHUNK_BYTES, foldChunks } from './merkle-tree.ts'
import { bitlistLength } from './ssz-layout.ts'

const BITS_OF_CHUNK = 8 * CHUNK_BYTES
/** By so many each subtree of a progressive tree is deeper than the one before: they hold 1, 4, 16, … chunks. */
const PROGRESSIVE_LEVELS = 2

/** Chunks in a run with room for one more, as `foldChunks` asks. */
interface Chunks {
  readonly nodes: Buffer
  readonly count: number
}

/** The bits without the sentinel behind the last of them. */
function bitsOf(bitlist: Uint8Array, length: number): Chunks {
  const count = Math.ceil(length / BITS_OF_CHUNK)
  const nodes = roomFor(count)
  const bytes = Math.ceil(length / 8)
  nodes.set(bitlist.subarray(0, bytes))
  const used = length % 8
  if (used !== 0) nodes[bytes - 1] = (nodes[bytes - 1] ?? 0) & ((1 << used) - 1)
  return { nodes, count }
}

function roomFor(chunks: number): Buffer {
  return Buffer.alloc(2 * CHUNK_BYTES * Math.max(1, Math.ceil(chunks / 2)))
}

/** A number as a chunk. */
function chunkOf(value: number): Buffer {
  const chunk = Buffer.alloc(CHUNK_BYTES)
  chunk.writeUInt32LE(value, 0)
  return chunk
}

function rootOf({ nodes, count }: Chunks, depth: number): Buffer {
  foldChunks(nodes, count, depth)
  return nodes.subarray(0, CHUNK_BYTES)
}

/** merkleize_progressive: each subtree beside all that come after it. */
function progressiveRoot({ nodes, count }: Chunks): Uint8Array {
  const subtrees: Uint8Array[] = []
  let from = 0
  for (let depth = 0; from < count; depth += PROGRESSIVE_LEVELS) {
    const taken = Math.min(2 ** depth, count - from)
    const subtree = roomFor(taken)
    subtree.set(nodes.subarray(from * CHUNK_BYTES, (from + taken) * CHUNK_BYTES))
    subtrees.push(rootOf({ nodes: subtree, count: taken }, depth))
    from += taken
  }
  let root: Uint8Array = new Uint8Array(CHUNK_BYTES)
  for (const subtree of subtrees.toReversed()) root = pairRoot(subtree, root)
  return root
}

/**
 * The root of a Bitlist: some hashes for the bits, and one for each further level of its tree.
 * @param bitlist its serialisation, whose layout is valid
 * @param limitBits of its type
 */
export function bitlistRoot(bitlist: Uint8Array, limitBits: number): Uint8Array {
  const length = bitlistLength(bitlist, 0, bitlist.length) ?? 0
  const depth = Math.ceil(Math.log2(Math.max(1, Math.ceil(limitBits / BITS_OF_CHUNK))))
  return pairRoot(rootOf(bitsOf(bitlist, length), depth), chunkOf(length))
}

/** The root of a ProgressiveBitlist, whose tree grows with what it holds. */
export function progressiveBitlistRoot(bitlist: Uint8Array): Uint8Array {
  const length = bitlistLength(bitlist, 0, bitlist.length) ?? 0
  return pairRoot(progressiveRoot(bitsOf(bitlist, length)), chunkOf(length))
}

/** The root of a ProgressiveContainer of these fields, none of which is left out: up to 32 of them. */
export function progressiveContainerRoot(fieldRoots: readonly Uint8Array[]): Uint8Array {
  const nodes = roomFor(fieldRoots.length)
  for (const [index, root] of fieldRoots.entries()) nodes.set(root, index * CHUNK_BYTES)
  const activeFields = chunkOf(2 ** fieldRoots.length - 1)
  return pairRoot(progressiveRoot({ nodes, count: fieldRoots.length }), activeFields)
}

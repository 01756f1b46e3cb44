/**
 * hash_tree_root of small containers, straight from their serialisation: what validators sign, and the like.
 * Spec: ssz/simple-serialize.md#merkleization
 */
import { CHUNK_BYTES, foldChunks } from './merkle-tree.ts'
import type { ContainerType, SszField } from './ssz-layout-type.ts'

const PAIR_BYTES = 2 * CHUNK_BYTES

/** Room for so many chunks, as `foldChunks` asks. */
function roomFor(chunks: number): Buffer {
  return Buffer.alloc(PAIR_BYTES * Math.max(1, Math.ceil(chunks / 2)))
}

/** The root of a tree with room for `limit` chunks, of which there are `count`. */
function fold(nodes: Buffer, count: number, limit: number): Uint8Array {
  foldChunks(nodes, count, Math.ceil(Math.log2(Math.max(1, limit))))
  return nodes.subarray(0, CHUNK_BYTES)
}

/**
 * The root of bytes and of basic values: their chunks, the last one padded with zeroes.
 * @param limitBytes the most that there can be, which the tree has room for, 128 kB at most; not less than there are
 */
export function bytesRoot(value: Uint8Array, limitBytes = value.length): Uint8Array {
  const count = Math.ceil(value.length / CHUNK_BYTES)
  const nodes = roomFor(count)
  nodes.set(value)
  return fold(nodes, count, Math.ceil(limitBytes / CHUNK_BYTES))
}

function fieldRoot({ type, at, fixedBytes }: SszField, ssz: Uint8Array): Uint8Array {
  if (fixedBytes === undefined) throw new Error('a field of variable length')
  const value = ssz.subarray(at, at + fixedBytes)
  if (type.kind === 'container') return fixedContainerRoot(type, value)
  if (type.kind === 'bytes' || type.kind === 'bitvector' || type.kind === 'boolean') return bytesRoot(value)
  throw new Error(`a field that is a ${type.kind}`)
}

/** The root of a container, from the roots of its fields. */
export function fieldsRoot(type: ContainerType, rootOf: (field: SszField) => Uint8Array): Uint8Array {
  return rootOfRoots([...type.fields.values()].map(rootOf))
}

/** As `fieldsRoot`, of roots that are there. */
export function rootOfRoots(roots: readonly Uint8Array[]): Uint8Array {
  const nodes = roomFor(roots.length)
  for (const [index, root] of roots.entries()) nodes.set(root, index * CHUNK_BYTES)
  return fold(nodes, roots.length, roots.length)
}

/**
 * hash_tree_root of a container whose fields are byte and bit vectors, numbers and such containers. Some hashes a field.
 * @param ssz its serialisation; missing bytes count as 0
 * @throws Error when the type has a field of another kind, whatever the bytes are
 */
export function fixedContainerRoot(type: ContainerType, ssz: Uint8Array): Uint8Array {
  return fieldsRoot(type, (field) => fieldRoot(field, ssz))
}

/** The parent of two nodes of 32 bytes. */
export function pairRoot(left: Uint8Array, right: Uint8Array): Uint8Array {
  const nodes = Buffer.alloc(PAIR_BYTES)
  nodes.set(left.subarray(0, CHUNK_BYTES), 0)
  nodes.set(right.subarray(0, CHUNK_BYTES), CHUNK_BYTES)
  return fold(nodes, 2, 2)
}

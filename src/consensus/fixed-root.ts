/**
 * hash_tree_root of small containers, straight from their serialisation: what validators sign, and the like.
 * Spec: ssz/simple-serialize.md#merkleization
 */
import { hash } from 'node:crypto'
import type { ContainerType, SszField } from './ssz-layout-type.ts'

const CHUNK_BYTES = 32
const PAIR_BYTES = 2 * CHUNK_BYTES

/** Replaces the first `width` chunks of `nodes`, a power of two, by their root, which is then the first chunk. */
function fold(nodes: Buffer, width: number): Uint8Array {
  for (let left = width; left > 1; left /= 2) {
    for (let i = 0; i < left / 2; i++) {
      const digest = hash('sha256', nodes.subarray(i * PAIR_BYTES, (i + 1) * PAIR_BYTES), 'binary')
      nodes.write(digest, i * CHUNK_BYTES, CHUNK_BYTES, 'latin1')
    }
  }
  return nodes.subarray(0, CHUNK_BYTES)
}

function powerOfTwo(count: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, count)))
}

/**
 * The root of bytes and of basic values: their chunks, the last one padded with zeroes.
 * @param limitBytes the most that there can be, which the tree has room for; not less than there are
 */
export function bytesRoot(value: Uint8Array, limitBytes = value.length): Uint8Array {
  const width = powerOfTwo(Math.ceil(limitBytes / CHUNK_BYTES))
  const nodes = Buffer.alloc(width * CHUNK_BYTES)
  nodes.set(value)
  return fold(nodes, width)
}

function fieldRoot({ type, at, fixedBytes }: SszField, ssz: Uint8Array): Uint8Array {
  if (fixedBytes === undefined) throw new Error('a field of variable length')
  const value = ssz.subarray(at, at + fixedBytes)
  if (type.kind === 'container') return fixedContainerRoot(type, value)
  if (type.kind === 'bytes') return bytesRoot(value)
  throw new Error(`a field that is a ${type.kind}`)
}

/** The root of a container, from the roots of its fields. */
export function fieldsRoot(type: ContainerType, rootOf: (field: SszField) => Uint8Array): Uint8Array {
  const width = powerOfTwo(type.fields.size)
  const nodes = Buffer.alloc(width * CHUNK_BYTES)
  let at = 0
  for (const field of type.fields.values()) {
    nodes.set(rootOf(field), at)
    at += CHUNK_BYTES
  }
  return fold(nodes, width)
}

/**
 * hash_tree_root of a container whose fields are byte vectors, numbers and such containers. Some hashes a field.
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
  return fold(nodes, 2)
}

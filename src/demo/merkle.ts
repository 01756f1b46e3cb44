/** The few Merkle operations the demo does by hand (specs/../ssz/merkle-proofs.md); types do the rest. */
import { hash } from 'node:crypto'

/** Parent of two 32-byte nodes. */
export function hashPair(left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash('sha256', Buffer.concat([left, right]), 'buffer')
}

/** Roots of all-zero trees, by depth, up to `depth`. */
export function zeroHashes(depth: number): readonly Uint8Array[] {
  const hashes: Uint8Array[] = [new Uint8Array(32)]
  for (let level = 0; level < depth; level++) {
    const below = hashes[level] as Uint8Array
    hashes.push(hashPair(below, below))
  }
  return hashes
}

/** Levels of the tree over `leaves` padded with zero leaves to 2**depth, from the leaves up to the root. */
function levelsOf(leaves: readonly Uint8Array[], depth: number): readonly (readonly Uint8Array[])[] {
  if (leaves.length === 0 || leaves.length > 2 ** depth) throw new Error(`${leaves.length} leaves in depth ${depth}`)
  const zeros = zeroHashes(depth)
  const levels: (readonly Uint8Array[])[] = [leaves]
  for (let level = 0; level < depth; level++) {
    const below = levels[level] as readonly Uint8Array[]
    const zero = zeros[level] as Uint8Array
    const parents: Uint8Array[] = []
    for (let i = 0; i < below.length; i += 2) parents.push(hashPair(below[i] ?? zero, below[i + 1] ?? zero))
    levels.push(parents)
  }
  return levels
}

/** Root of the tree over `leaves`, padded with zero leaves to 2**depth. */
export function merkleRoot(leaves: readonly Uint8Array[], depth: number): Uint8Array {
  return levelsOf(leaves, depth).at(-1)?.[0] as Uint8Array
}

/** The siblings from leaf `index` up to the root: what is_valid_merkle_branch takes as `branch`. */
export function merkleBranch(leaves: readonly Uint8Array[], depth: number, index: number): Uint8Array[] {
  const levels = levelsOf(leaves, depth)
  const zeros = zeroHashes(depth)
  return Array.from({ length: depth }, (_, level) => {
    const sibling = levels[level]?.[(index >> level) ^ 1]
    return sibling ?? (zeros[level] as Uint8Array)
  })
}

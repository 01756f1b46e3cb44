import { hash } from 'node:crypto'
import { SHUFFLE_ROUND_COUNT } from '@lodestar/params'

/** One source hash decides 256 positions. */
const POSITIONS_PER_SOURCE = 256

/**
 * compute_shuffled_index for one seed, as a function of the index. Hashes are kept for as long as the returned function
 * is: at most 90 * count / 256 of 32 bytes, which is why a caller makes one for each committee and drops it.
 * Spec: specs/phase0/beacon-chain.md#compute_shuffled_index
 * @param seed 32 bytes
 * @param count validators that are shuffled
 */
export function createShuffler(seed: Uint8Array, count: number): (index: number) => number {
  const pivots = Array.from({ length: SHUFFLE_ROUND_COUNT }, (_, round) => {
    const digest = hash('sha256', Buffer.concat([seed, Uint8Array.of(round)]), 'buffer')
    return Number(digest.readBigUInt64LE(0) % BigInt(count))
  })
  const sourceInput = Buffer.alloc(seed.length + 5)
  sourceInput.set(seed, 0)
  const sources = new Map<number, Uint8Array>()
  const sourcesPerRound = Math.ceil(count / POSITIONS_PER_SOURCE)

  const sourceOf = (round: number, block: number): Uint8Array => {
    const key = round * sourcesPerRound + block
    let source = sources.get(key)
    if (source === undefined) {
      sourceInput.writeUInt8(round, seed.length)
      sourceInput.writeUInt32LE(block, seed.length + 1)
      source = hash('sha256', sourceInput, 'buffer')
      sources.set(key, source)
    }
    return source
  }

  return (index) => {
    let position = index
    for (let round = 0; round < SHUFFLE_ROUND_COUNT; round++) {
      const flip = ((pivots[round] as number) + count - position) % count
      const higher = Math.max(position, flip)
      const source = sourceOf(round, Math.floor(higher / POSITIONS_PER_SOURCE))
      const byte = source[Math.floor((higher % POSITIONS_PER_SOURCE) / 8)] as number
      if ((byte >> (higher % 8)) & 1) position = flip
    }
    return position
  }
}

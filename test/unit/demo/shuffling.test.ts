import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { createShuffler } from '../../../src/demo/shuffling.ts'

/** The spec's text, step by step and without any cache. */
function specShuffledIndex(index: number, count: number, seed: Uint8Array): number {
  let position = index
  for (let round = 0; round < 90; round++) {
    const pivotHash = hash('sha256', Buffer.concat([seed, Uint8Array.of(round)]), 'buffer')
    const pivot = Number(pivotHash.readBigUInt64LE(0) % BigInt(count))
    const flip = (pivot + count - position) % count
    const higher = Math.max(position, flip)
    const block = Buffer.alloc(4)
    block.writeUInt32LE(Math.floor(higher / 256))
    const source = hash('sha256', Buffer.concat([seed, Uint8Array.of(round), block]), 'buffer')
    const bit = ((source[Math.floor((higher % 256) / 8)] as number) >> (higher % 8)) % 2
    if (bit === 1) position = flip
  }
  return position
}

test('positions are those of the spec, asked in any order', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.integer({ min: 1, max: 2000 }), (seed, count) => {
      const shuffled = createShuffler(seed, count)
      for (const index of [count - 1, 0, Math.floor(count / 2)]) {
        assert.equal(shuffled(index), specShuffledIndex(index, count, seed))
      }
    }),
    { numRuns: 25 },
  )
})

test('a shuffle is a permutation', () => {
  const shuffled = createShuffler(new Uint8Array(32).fill(7), 600)
  assert.equal(new Set(Array.from({ length: 600 }, (_, index) => shuffled(index))).size, 600)
})

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { columnsOfGroups, custodyGroups } from '../../../src/consensus/custody.ts'
import { fromHex } from '../../../src/shared/hex.ts'

test('the columns that a Prysm node of this id logged as its samples', () => {
  const id = fromHex('f50dd5d3f4eba23b85640bd624b29176b6f0dd1f59c81e0601d8a9f5bbc99c1c')
  assert.deepEqual(columnsOfGroups(custodyGroups(id, 8)), [36, 85, 87, 97, 110, 114, 119, 120])
})

test('a supernode has every group', () => {
  const all = Array.from({ length: 128 }, (_, group) => group)
  assert.deepEqual(custodyGroups(new Uint8Array(32).fill(7), 128), all)
  assert.deepEqual(columnsOfGroups(all), all)
})

test('counts out of range and node ids of another length are refused', () => {
  for (const count of [-1, 129, 1.5, Number.NaN]) {
    assert.throws(() => custodyGroups(new Uint8Array(32), count), /out of range/)
  }
  assert.throws(() => custodyGroups(new Uint8Array(33), 4), /32 bytes/)
})

/** The rule once more, over byte arrays: a little-endian counter that wraps, hashed as it is. */
function groupsByBytes(nodeId: Uint8Array, count: number): number[] {
  const id = Uint8Array.from(nodeId).reverse()
  const groups: number[] = []
  while (groups.length < count) {
    const digest = createHash('sha256').update(id).digest()
    // 128 divides 256: of the first 8 bytes as a little-endian integer only the lowest counts.
    const group = (digest[0] ?? 0) % 128
    if (!groups.includes(group)) groups.push(group)
    for (let i = 0; i < 32; i++) {
      id[i] = ((id[i] ?? 0) + 1) & 0xff
      if (id[i] !== 0) break
    }
  }
  return groups.sort((a, b) => a - b)
}

test('the id after the largest is zero', () => {
  const largest = new Uint8Array(32).fill(0xff)
  assert.deepEqual(custodyGroups(largest, 20), groupsByBytes(largest, 20))
  const zero = custodyGroups(new Uint8Array(32), 19)
  assert.ok(zero.every((group) => custodyGroups(largest, 20).includes(group)))
})

test('property: equal to the rule over bytes, ascending, and growing with the count', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.integer({ min: 0, max: 100 }), (id, count) => {
      const groups = custodyGroups(id, count)
      assert.deepEqual(groups, groupsByBytes(id, count))
      const more = new Set(custodyGroups(id, count + 1))
      assert.ok(groups.every((group) => more.has(group)))
    }),
    { numRuns: 50 },
  )
})

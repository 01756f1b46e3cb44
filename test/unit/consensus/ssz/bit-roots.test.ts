import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BitArray, BitListType, ProgressiveBitListType } from '@chainsafe/ssz'
import fc from 'fast-check'
import { bitlistRoot, progressiveBitlistRoot } from '../../../../src/consensus/ssz/bit-roots.ts'

const LIMIT = 131_072
const limited = new BitListType(LIMIT)
const progressive = new ProgressiveBitListType({ limit: LIMIT })
const bits = fc.array(fc.boolean(), { maxLength: 2100 }).map((list) => BitArray.fromBoolArray(list))

function hex(root: Uint8Array): string {
  return Buffer.from(root).toString('hex')
}

function assertRoots(value: BitArray): void {
  const bytes = limited.serialize(value)
  assert.equal(hex(bitlistRoot(bytes, LIMIT)), hex(limited.hashTreeRoot(value)), `${value.bitLen} bits`)
  assert.equal(hex(progressiveBitlistRoot(bytes)), hex(progressive.hashTreeRoot(value)), `${value.bitLen}, progressive`)
}

test('roots of bitlists, of either kind, are those of the library', () => {
  fc.assert(fc.property(bits, assertRoots), { numRuns: 60 })
})

test('at the ends of bytes, chunks and subtrees', () => {
  for (const length of [0, 1, 7, 8, 9, 255, 256, 257, 1279, 1280, 1281, 2048, 5376, 5377]) {
    assertRoots(BitArray.fromBoolArray(Array.from({ length }, (_, index) => index % 3 !== 0)))
  }
})

test('a list that is nearly full, and one with a limit of one chunk', () => {
  assertRoots(BitArray.fromBoolArray(Array.from({ length: LIMIT }, (_, index) => index % 5 === 0)))
  const short = new BitListType(200)
  const value = BitArray.fromBoolArray(Array.from({ length: 200 }, () => true))
  assert.equal(hex(bitlistRoot(short.serialize(value), 200)), hex(short.hashTreeRoot(value)))
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BitArray, BitListType } from '@chainsafe/ssz'
import fc from 'fast-check'
import { bitlistFacts, countBits, firstBit } from '../../../../../src/network-worker/validation/views/bits.ts'

const PADDING = Uint8Array.of(0xff, 0xff)

/** `bytes` between others that are full. */
function amid(bytes: Uint8Array): Uint8Array {
  return Uint8Array.of(...PADDING, ...bytes, ...PADDING)
}

test('bits are counted, and the first one found, within the bounds', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
      const bits = [...bytes].flatMap((byte) => [0, 1, 2, 3, 4, 5, 6, 7].map((bit) => (byte >> bit) & 1))
      const all = amid(bytes)
      assert.equal(countBits(all, 2, 2 + bytes.length), bits.filter((bit) => bit === 1).length)
      assert.equal(firstBit(all, 2, 2 + bytes.length), bits.indexOf(1))
    }),
  )
})

test('of a bitlist length, set bits and first one are as the library says', () => {
  const type = new BitListType(2048)
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 300 }), (bools) => {
      const serialized = type.serialize(BitArray.fromBoolArray(bools))
      const facts = bitlistFacts(amid(serialized), 2, 2 + serialized.length)
      assert.equal(facts.length, bools.length)
      assert.equal(facts.setBits, bools.filter(Boolean).length)
      if (facts.setBits > 0) assert.equal(facts.first, bools.indexOf(true))
    }),
  )
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { areEqualBytes, compareUint64, readUint64 } from '../../../../src/consensus/ssz/ssz-read.ts'

test('numbers below 2^53 are read as they are, greater ones are near', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.nat(8), (number, at) => {
      const bytes = Buffer.alloc(at + 8)
      bytes.writeBigUInt64LE(number, at)
      assert.equal(readUint64(bytes, at), Number(number))
    }),
  )
})

test('bytes behind the end are 0, wherever one reads', () => {
  assert.equal(readUint64(Uint8Array.of(1, 2), 0), 513)
  assert.equal(readUint64(Uint8Array.of(1, 2), 5), 0)
})

test('runs of bytes are equal when all of them are', () => {
  const bytes = Uint8Array.of(1, 2, 3, 1, 2, 4)
  assert.equal(areEqualBytes(bytes, 0, 3, 2), true)
  assert.equal(areEqualBytes(bytes, 0, 3, 3), false)
  assert.equal(areEqualBytes(bytes, 0, 3, 0), true)
})

test('numbers of 64 bits are compared to the last of them', () => {
  const number = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
  const pair = fc.oneof(
    fc.tuple(number, number),
    number.map((each): [bigint, bigint] => [each, each ^ 1n]),
    number.map((each): [bigint, bigint] => [each, each]),
  )
  fc.assert(
    fc.property(pair, fc.nat(8), fc.nat(8), ([first, second], aAt, bAt) => {
      const [a, b] = [Buffer.alloc(aAt + 8, 0xff), Buffer.alloc(bAt + 8, 0xff)]
      a.writeBigUInt64LE(first, aAt)
      b.writeBigUInt64LE(second, bAt)
      const order = first < second ? -1 : Number(first > second)
      assert.equal(Math.sign(compareUint64(a, aAt, b, bAt)), order)
    }),
  )
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { keysOfRecords, keysOfSsz } from '../../../src/beacon-node/validator-identities.ts'

const key = (index: number): Buffer => Buffer.alloc(48, index & 0xff)

function sszOf(indices: readonly number[]): Uint8Array {
  const ssz = new Uint8Array(indices.length * 64)
  const view = new DataView(ssz.buffer)
  for (const [row, index] of indices.entries()) {
    view.setBigUint64(row * 64, BigInt(index), true)
    ssz.set(key(index), row * 64 + 8)
  }
  return ssz
}

const recordsOf = (indices: readonly number[]) =>
  indices.map((index) => ({ index, pubkey: key(index).toString('hex') }))

const expected = (indices: readonly number[]): Buffer => Buffer.concat(indices.map(key))

test('any order, and fewer than asked for where there are no more, in both forms', () => {
  for (const indices of [[10, 11, 12], [12, 10, 11], [10], []]) {
    const sorted = expected(indices.toSorted((a, b) => a - b))
    assert.deepEqual(Buffer.from(keysOfSsz(sszOf(indices), 10, 5) ?? 'none'), sorted)
    assert.deepEqual(Buffer.from(keysOfRecords(recordsOf(indices), 10, 5) ?? 'none'), sorted)
  }
})

test('what was not asked for, comes twice, or leaves a gap is no answer', () => {
  for (const indices of [[9], [15], [10, 10], [11], [10, 12], [10, 11, 14], [2 ** 40]]) {
    assert.equal(keysOfSsz(sszOf(indices), 10, 5), undefined, String(indices))
    assert.equal(keysOfRecords(recordsOf(indices), 10, 5), undefined, String(indices))
  }
})

test('any bytes: keys of the indices asked for, or nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(10), fc.nat(10), (ssz, first, count) => {
      const keys = keysOfSsz(ssz, first, count)
      assert.ok(keys === undefined || (keys.length % 48 === 0 && keys.length <= count * 48))
    }),
  )
})

test('any set of indices is answered when it is a run from the first one, and else is not', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(12), { maxLength: 8 }), (indices) => {
      const sorted = indices.toSorted((a, b) => a - b)
      const isRun = sorted.every((index, place) => index === 3 + place) && indices.length <= 6
      assert.equal(keysOfSsz(sszOf(indices), 3, 6) !== undefined, isRun)
    }),
  )
})

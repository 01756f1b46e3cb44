import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import fc from 'fast-check'
import { decodeStatus, encodeStatus } from '../../../../../src/network-worker/reqresp/codec/status-codec.ts'
import { fromHex } from '../../../../../src/shared/hex.ts'

const safeInteger = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const hexOf = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((value) => Buffer.from(value).toString('hex'))
const anyStatus = fc.record(
  {
    forkDigestHex: hexOf(4),
    finalizedRootHex: hexOf(32),
    finalizedEpoch: safeInteger,
    headRootHex: hexOf(32),
    headSlot: safeInteger,
    earliestAvailableSlot: safeInteger,
  },
  { noNullPrototype: true },
)

test('both versions are the bytes of the SSZ types', () => {
  fc.assert(
    fc.property(anyStatus, (status) => {
      const value = {
        forkDigest: fromHex(status.forkDigestHex),
        finalizedRoot: fromHex(status.finalizedRootHex),
        finalizedEpoch: status.finalizedEpoch,
        headRoot: fromHex(status.headRootHex),
        headSlot: status.headSlot,
      }
      assert.deepEqual(encodeStatus(status, 1), ssz.phase0.Status.serialize(value))
      const v2 = { ...value, earliestAvailableSlot: status.earliestAvailableSlot }
      assert.deepEqual(encodeStatus(status, 2), ssz.fulu.Status.serialize(v2))
    }),
  )
})

test('decoding gives back what was encoded; version 1 knows no earliest slot', () => {
  fc.assert(
    fc.property(anyStatus, (status) => {
      assert.deepEqual(decodeStatus(encodeStatus(status, 2), 2), status)
      assert.deepEqual(decodeStatus(encodeStatus(status, 1), 1), { ...status, earliestAvailableSlot: undefined })
    }),
  )
})

test('any bytes of the right length decode, any other length does not', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
      assert.equal(decodeStatus(bytes, 1) !== undefined, bytes.length === 84)
      assert.equal(decodeStatus(bytes, 2) !== undefined, bytes.length === 92)
    }),
  )
})

test('numbers above 2^53 - 1 are clamped, not rounded and not refused', () => {
  const status = decodeStatus(new Uint8Array(92).fill(0xff), 2)
  assert.equal(status?.finalizedEpoch, Number.MAX_SAFE_INTEGER)
  assert.equal(status?.headSlot, Number.MAX_SAFE_INTEGER)
  assert.equal(status?.earliestAvailableSlot, Number.MAX_SAFE_INTEGER)
})

test('our own odd numbers are clamped: negative slots before genesis, infinite epochs, no earliest slot', () => {
  const root = '00'.repeat(32)
  const own = { forkDigestHex: '8c9f62fe', finalizedRootHex: root, headRootHex: root }
  const bytes = encodeStatus(
    { ...own, finalizedEpoch: Number.POSITIVE_INFINITY, headSlot: -5, earliestAvailableSlot: undefined },
    2,
  )
  const status = decodeStatus(bytes, 2)
  assert.equal(status?.finalizedEpoch, Number.MAX_SAFE_INTEGER)
  assert.equal(status?.headSlot, 0)
  assert.equal(status?.earliestAvailableSlot, 0)
  const later = encodeStatus({ ...own, finalizedEpoch: 1, headSlot: 77, earliestAvailableSlot: undefined }, 2)
  assert.equal(decodeStatus(later, 2)?.earliestAvailableSlot, 77)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodePayload, encodeChunk, encodePayload } from '../../../src/demo/reqresp-frames.ts'

const payload = fc.uint8Array({ minLength: 1, maxLength: 127 })

test('a request decodes to what it was made of, and not before its last byte', () => {
  fc.assert(
    fc.property(payload, (ssz) => {
      const bytes = encodePayload(ssz)
      const expected = { prefixBytes: 0, sszBytes: ssz.length } as const
      assert.deepEqual(new Uint8Array(decodePayload(bytes, expected) ?? []), ssz)
      assert.equal(decodePayload(bytes.subarray(0, -1), expected), undefined)
    }),
  )
})

test('an answer decodes to what it was made of', () => {
  fc.assert(
    fc.property(payload, (ssz) => {
      const decoded = decodePayload(encodeChunk(ssz), { prefixBytes: 1, sszBytes: ssz.length })
      assert.deepEqual(new Uint8Array(decoded ?? []), ssz)
    }),
  )
})

test('any other bytes are an Error, or too few', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(0 as const, 1 as const), (bytes, prefixBytes) => {
      try {
        const decoded = decodePayload(bytes, { prefixBytes, sszBytes: 92 })
        assert.ok(decoded === undefined || decoded.length === 92)
      } catch (cause) {
        assert.ok(cause instanceof Error && !(cause instanceof RangeError) && !(cause instanceof TypeError))
      }
    }),
  )
})

test('a failed answer is an Error with its code', () => {
  const bytes = encodeChunk(new Uint8Array(8))
  bytes[0] = 2
  assert.throws(() => decodePayload(bytes, { prefixBytes: 1, sszBytes: 8 }), /result code 2/)
})

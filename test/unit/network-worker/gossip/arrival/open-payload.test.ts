import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compressBlock } from '../../../../../src/consensus/snappy/snappy-block.ts'
import { openPayload } from '../../../../../src/network-worker/gossip/arrival/open-payload.ts'

const MIN_BYTES = 100
const MAX_BYTES = 400
const BOUNDS = { minSszBytes: MIN_BYTES, maxSszBytes: MAX_BYTES }

test('SSZ within the bounds of its topic comes out as it went in', () => {
  for (const size of [MIN_BYTES, 250, MAX_BYTES]) {
    const ssz = Uint8Array.from({ length: size }, (_, index) => index % 251)
    const opened = openPayload(BOUNDS, compressBlock(ssz))
    assert.ok(opened.ok)
    assert.deepEqual(Buffer.from(opened.bytes), Buffer.from(ssz))
  }
})

test('each way to be wrong has its reason', () => {
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ['snappy_too_short', compressBlock(new Uint8Array(MIN_BYTES - 1))],
    ['snappy_too_long', compressBlock(new Uint8Array(MAX_BYTES + 1))],
    ['snappy_bad_length', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff)],
    ['snappy_bad_length', new Uint8Array()],
    ['snappy_corrupt', Uint8Array.of(200, 1, 0xfe, 0xff, 0xff)],
    ['snappy_compressed_too_long', Buffer.concat([Uint8Array.of(200, 1), new Uint8Array(1_000_000)])],
  ]
  for (const [reason, data] of cases) assert.deepEqual(openPayload(BOUNDS, data), { ok: false, reason })
})

test('arbitrary bytes either open within the bounds or are refused with a reason', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (data) => {
      const opened = openPayload(BOUNDS, data)
      if (opened.ok) assert.ok(opened.bytes.length >= MIN_BYTES && opened.bytes.length <= MAX_BYTES)
      else assert.match(opened.reason, /^snappy_/)
    }),
  )
})

/** The first block of a peer that is a round trip away comes at once when the relay had it send some before; in parts otherwise. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runFarEnds, skip } from '../support/far-ends.ts'
import type { FirstBlock } from './grown-windows-ends.ts'

const ROUND_TRIP_MS = 200
/** Half a round trip when it leaves in one go; two more when it leaves in three, of ten packets, twenty and the rest. */
const ONE_FLIGHT_MS = 1.5 * ROUND_TRIP_MS
/** What eight blocks are on the wire, compressed by half. */
const ANSWER_BYTES = 400_000
const ENDS = new URL('./grown-windows-ends.ts', import.meta.url)

test('a peer is asked for its newest blocks, and its first one comes in one flight', { skip }, async () => {
  const { ms, asked, headSlot, answered, bytes } = await runFarEnds<FirstBlock>(ENDS, ROUND_TRIP_MS, 'tcp')
  assert.deepEqual(asked, [{ body: { startSlot: headSlot - 7, count: 8 } }])
  assert.equal(answered, 1)
  assert.ok(bytes > ANSWER_BYTES, `${bytes} bytes`)
  assert.ok(ms < ONE_FLIGHT_MS, `${ms} ms`)
})

test('over QUIC it is asked as well', { skip }, async () => {
  const { asked, headSlot, bytes } = await runFarEnds<FirstBlock>(ENDS, ROUND_TRIP_MS, 'quic')
  assert.deepEqual(asked, [{ body: { startSlot: headSlot - 7, count: 8 } }])
  assert.ok(bytes > ANSWER_BYTES, `${bytes} bytes`)
})

test('with --no-grow-windows nobody is asked, and it comes in parts', { skip }, async () => {
  const { ms, asked, answered } = await runFarEnds<FirstBlock>(ENDS, ROUND_TRIP_MS, 'tcp', '--no-grow-windows')
  assert.deepEqual([asked, answered], [[], 0])
  assert.ok(ms > ONE_FLIGHT_MS, `${ms} ms`)
})

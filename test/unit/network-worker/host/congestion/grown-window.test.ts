/** When a window is taken to have grown, and for how long. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  FIRST_FLIGHT_BYTES,
  GrownWindow,
  KEPT_MS,
  WIDE_FLIGHT_BYTES,
} from '../../../../../src/network-worker/host/congestion/grown-window.ts'

test('a window grows by more than the first flight, and not by as much', () => {
  const window = new GrownWindow()
  assert.equal(window.use(FIRST_FLIGHT_BYTES, 0), false)
  assert.equal(window.isGrown(0), false)
  assert.equal(window.use(1, 0), true)
  assert.equal(window.isGrown(0), true)
})

test('parts of one block count together, votes that trickle do not', () => {
  const block = new GrownWindow()
  assert.deepEqual(
    [0, 5, 10, 15].map((atMs) => block.use(4_096, atMs)),
    [false, false, false, true],
  )
  const votes = new GrownWindow()
  for (let atMs = 0; atMs < 10_000; atMs++) assert.equal(votes.use(500, atMs), false)
})

test('a window is kept for ten minutes after it last grew, however much trickles meanwhile', () => {
  const window = new GrownWindow()
  window.use(FIRST_FLIGHT_BYTES + 1, 1_000)
  for (let atMs = 2_000; atMs < 1_000 + KEPT_MS; atMs += 1_000) window.use(100, atMs)
  assert.equal(window.isGrown(999 + KEPT_MS), true)
  assert.equal(window.isGrown(1_000 + KEPT_MS), false)
  assert.equal(window.usedAtMs, KEPT_MS)
})

test('a window has room for a block when most of one came at once, and not when it came in parts', () => {
  const inParts = new GrownWindow()
  for (const [bytes, atMs] of [
    [FIRST_FLIGHT_BYTES, 0],
    [2 * FIRST_FLIGHT_BYTES, 100],
    [WIDE_FLIGHT_BYTES, 200],
  ] as const) {
    inParts.use(bytes, atMs)
  }
  assert.deepEqual([inParts.isGrown(200), inParts.isWide(200)], [true, false])
  const atOnce = new GrownWindow()
  for (let atMs = 0; atMs < 20; atMs++) atOnce.use(3_400, atMs)
  assert.equal(atOnce.isWide(20), true)
  assert.equal(atOnce.isWide(14 + KEPT_MS), true)
  assert.equal(atOnce.isWide(19 + KEPT_MS), false, 'nor when that was long ago')
})

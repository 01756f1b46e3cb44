/** The system's own TCP takes a window back after a silence, and not where we keep it: over a far link, with the library's muxer there. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runFarEnds, skip } from '../support/far-ends.ts'
import type { AfterSilence } from './kept-windows-ends.ts'

const ROUND_TRIP_MS = 200
/** Half a round trip when it leaves in one go; two more when it leaves in three, of ten packets, twenty and the rest. */
const ONE_FLIGHT_MS = 1.5 * ROUND_TRIP_MS
const ENDS = new URL('./kept-windows-ends.ts', import.meta.url)

const afterSilence = (keeping: 'keeping' | 'not keeping'): Promise<AfterSilence> =>
  runFarEnds(ENDS, ROUND_TRIP_MS, keeping)

test('kept windows: a block leaves in one go after a silence, from either end', { skip }, async () => {
  const { toFarMs, toNearMs, pings } = await afterSilence('keeping')
  assert.ok(toFarMs < ONE_FLIGHT_MS, `${toFarMs} ms to the far end`)
  assert.ok(toNearMs < ONE_FLIGHT_MS, `${toNearMs} ms from the far end`)
  assert.ok(pings > 20, `${pings} pings`)
})

test('windows that nobody keeps: it leaves in three, from either end', { skip }, async () => {
  const { toFarMs, toNearMs, pings } = await afterSilence('not keeping')
  assert.ok(toFarMs > ONE_FLIGHT_MS, `${toFarMs} ms to the far end`)
  assert.ok(toNearMs > ONE_FLIGHT_MS, `${toNearMs} ms from the far end`)
  assert.equal(pings, 0)
})

/** The link of the `far` bench: what it says of blocks is only as true as it is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runFarEnds, skip } from '../support/far-ends.ts'
import type { Exchange } from './far-link-ends.ts'

const ROUND_TRIP_MS = 40
/** Ten packets leave at once, then twice as many each round trip: seventy thousand bytes take three. */
const SLOW_START_TRIPS = 3
/** The system's own share, and a busy machine's. */
const SLACK_MS = 500
const ENDS = new URL('./far-link-ends.ts', import.meta.url)

test('what crosses a far link is whole, a round trip late, and comes from its other end', { skip }, async () => {
  const { tcp, udp } = await runFarEnds<{ readonly tcp: Exchange; readonly udp: Exchange }>(ENDS, ROUND_TRIP_MS)
  for (const [{ ms, isWhole, peer }, trips] of [
    [tcp, SLOW_START_TRIPS],
    [udp, 1],
  ] as const) {
    assert.ok(isWhole)
    assert.equal(peer, '10.9.0.2')
    assert.ok(ms >= trips * ROUND_TRIP_MS, `${ms} ms`)
    assert.ok(ms < trips * ROUND_TRIP_MS + SLACK_MS, `${ms} ms`)
  }
})

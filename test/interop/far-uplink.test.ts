/** The uplink of the `narrow` bench. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runFarEnds, skip } from '../support/far-ends.ts'
import type { BothWays } from './far-uplink-ends.ts'

const PACKETS = 100
/** 1,228 bytes each with their headers: 0.98 ms at 10 Mbit. */
const MBITS = 10
const BUFFER_MS = 50
const ROOM = 52
/** A busy machine's share, in packets and in time. */
const SLACK = 12
const SLACK_MS = 200
const ENDS = new URL('./far-uplink-ends.ts', import.meta.url)

test('a narrow uplink sends at its pace and loses what it has no room for; the other way nothing waits', {
  skip,
}, async () => {
  const { out, in: inbound, lost } = await runFarEnds<BothWays>(ENDS, PACKETS, MBITS, BUFFER_MS)
  assert.equal(out.count + lost, PACKETS)
  assert.ok(out.count >= ROOM - 1 && out.count <= ROOM + SLACK, `${out.count} came`)
  assert.ok(out.tookMs >= BUFFER_MS && out.tookMs < BUFFER_MS + SLACK_MS, `${out.tookMs} ms`)
  assert.equal(inbound.count, PACKETS)
  assert.ok(inbound.tookMs < SLACK_MS, `${inbound.tookMs} ms`)
})

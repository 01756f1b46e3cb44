import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forwardingLatency } from '../../../bench/macro/api-pulses.ts'
import type { LogLine } from '../../support/starling-process.ts'

function pulse(atMs: number, p50Ms: number, p99Ms: number): LogLine {
  return { msg: 'pulse', time: new Date(atMs).toISOString(), forward_p50_ms: p50Ms, forward_p99_ms: p99Ms }
}

test('medians of the slots that lie wholly in the window', () => {
  const log = [
    pulse(11_999, 90, 99), // began before it
    pulse(12_000, 1, 10),
    pulse(14_000, 3, 30),
    { msg: 'MESH: …', time: new Date(15_000).toISOString() },
    pulse(16_000, 2, 50),
    pulse(16_001, 90, 99),
  ]
  assert.deepEqual(forwardingLatency(log, 2, 10_000, 16_000), { forwardP50Ms: 2, forwardP99Ms: 30 })
})

test('a window without a whole slot tells nothing', () => {
  assert.deepEqual(forwardingLatency([pulse(12_000, 1, 10)], 2, 10_500, 16_000), {})
})

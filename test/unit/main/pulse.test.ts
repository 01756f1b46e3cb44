import assert from 'node:assert/strict'
import { test } from 'node:test'
import pino from 'pino'
import { createPulseLog } from '../../../src/main/pulse.ts'
import { pulse } from '../../integration/worker/sample-views.ts'

test('each line tells what happened since the pulse before, and the state as it is', () => {
  const lines: Record<string, unknown>[] = []
  const listen = createPulseLog(pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) }))
  listen(pulse(10, 700))
  listen(pulse(11, 1_000))
  listen(pulse(12, 1_000))
  assert.deepEqual(
    lines.map(({ msg, slot, received, peers, mesh }) => [msg, slot, received, peers, mesh]),
    [
      ['pulse', 10, 700, 3, 2],
      ['pulse', 11, 300, 3, 2],
      ['pulse', 12, 0, 3, 2],
    ],
  )
  assert.deepEqual([lines[0]?.['forward_p50_ms'], lines[0]?.['forward_p99_ms']], [0.25, 1])
})

/** On a host with BBR the relay's blocks leave in one go all the same, unless it is told to leave what the host has. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { congestionControls } from '../../bench/macro/far-link.ts'
import { runFarEnds, skip as skipFar } from '../support/far-ends.ts'

const ROUND_TRIP_MS = 200
/** Half a round trip and what a busy machine takes; BBR takes a third of a round trip more. */
const AT_ONCE_MS = 0.7 * ROUND_TRIP_MS
const ENDS = new URL('./chosen-control-ends.ts', import.meta.url)
const skip = skipFar || (!congestionControls().includes('bbr') && 'the system has no BBR, or does not let us have it')

async function medianMs(...flags: readonly string[]): Promise<number> {
  const blocksMs = await runFarEnds<readonly number[]>(ENDS, ROUND_TRIP_MS, ...flags)
  return blocksMs.toSorted((a, b) => a - b)[Math.floor(blocksMs.length / 2)] ?? assert.fail('no blocks')
}

test('with BBR on the host a block leaves at once', { skip }, async () => {
  const ms = await medianMs()
  assert.ok(ms < AT_ONCE_MS, `${ms} ms`)
})

test('with --congestion-control host it is spread over the round trip', { skip }, async () => {
  const ms = await medianMs('--congestion-control', 'host')
  assert.ok(ms > AT_ONCE_MS, `${ms} ms`)
})

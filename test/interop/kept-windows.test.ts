/** The system's own TCP takes a window back after a silence, and not where we keep it: over a far link, with the library's muxer there. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { insideCommand, missingNetwork } from '../../bench/macro/own-network.ts'
import { goPeerBinary, goSkipReason } from '../support/go-build.ts'
import type { AfterSilence } from './kept-windows-ends.ts'

const ROUND_TRIP_MS = 200
/** Half a round trip when it leaves in one go; two more when it leaves in three, of ten packets, twenty and the rest. */
const ONE_FLIGHT_MS = 1.5 * ROUND_TRIP_MS
const ENDS = fileURLToPath(new URL('./kept-windows-ends.ts', import.meta.url))

const skip = goSkipReason() || (missingNetwork() ?? false)

async function afterSilence(keeping: 'keeping' | 'not keeping'): Promise<AfterSilence> {
  await goPeerBinary()
  const ends = [process.execPath, '--disable-warning=ExperimentalWarning', ENDS, String(ROUND_TRIP_MS), keeping]
  const [file, ...args] = insideCommand(ends)
  const { stdout } = await promisify(execFile)(file, args)
  return JSON.parse(stdout) as AfterSilence
}

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

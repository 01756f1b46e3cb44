/** The link of the `far` bench: what it says of blocks is only as true as it is. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { insideCommand, missingNetwork } from '../../bench/macro/own-network.ts'
import { goPeerBinary, goSkipReason } from '../support/go-build.ts'
import type { Exchange } from './far-link-ends.ts'

const ROUND_TRIP_MS = 40
/** Ten packets leave at once, then twice as many each round trip: seventy thousand bytes take three. */
const SLOW_START_TRIPS = 3
/** The system's own share, and a busy machine's. */
const SLACK_MS = 500
const ENDS = fileURLToPath(new URL('./far-link-ends.ts', import.meta.url))

const skip = goSkipReason() || (missingNetwork() ?? false)

test('what crosses a far link is whole, a round trip late, and comes from its other end', { skip }, async () => {
  await goPeerBinary()
  const ends = [process.execPath, '--disable-warning=ExperimentalWarning', ENDS, String(ROUND_TRIP_MS)]
  const [file, ...args] = insideCommand(ends)
  const { stdout } = await promisify(execFile)(file, args)
  const { tcp, udp } = JSON.parse(stdout) as { readonly tcp: Exchange; readonly udp: Exchange }
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

/** Of two peers over a far link the one on QUIC makes room, though it is a little nearer: for blocks it is not. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { insideCommand, missingNetwork } from '../../bench/macro/own-network.ts'
import { goPeerBinary, goSkipReason } from '../support/go-build.ts'
import type { OneTooMany } from './quic-farther-ends.ts'

const ROUND_TRIP_MS = 60
/** What the peer on TCP has more: less than the half that QUIC counts for. */
const FURTHER_MS = 12
const ENDS = fileURLToPath(new URL('./quic-farther-ends.ts', import.meta.url))

const skip = goSkipReason() || (missingNetwork() ?? false)

test('one peer too many: the one on TCP stays, and the one on QUIC goes that is nearer', { skip }, async () => {
  await goPeerBinary()
  const [file, ...args] = insideCommand([
    ...[process.execPath, '--disable-warning=ExperimentalWarning'],
    ...[ENDS, String(ROUND_TRIP_MS), String(FURTHER_MS)],
  ])
  const { stdout } = await promisify(execFile)(file, args)
  const { rttMs, stayed } = JSON.parse(stdout) as OneTooMany
  assert.ok(rttMs.quic >= ROUND_TRIP_MS && rttMs.tcp >= ROUND_TRIP_MS + FURTHER_MS, `${rttMs.quic}, ${rttMs.tcp} ms`)
  assert.ok(rttMs.tcp > rttMs.quic && rttMs.tcp < 1.5 * rttMs.quic, `${rttMs.tcp} ms over TCP, ${rttMs.quic} over QUIC`)
  assert.deepEqual(stayed, ['tcp'])
})

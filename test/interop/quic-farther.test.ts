/** Of two peers over a far link the one on QUIC makes room, though it is a little nearer: for blocks it is not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runFarEnds, skip } from '../support/far-ends.ts'
import type { OneTooMany } from './quic-farther-ends.ts'

const ROUND_TRIP_MS = 60
/** What the peer on TCP has more: less than the half that QUIC counts for. */
const FURTHER_MS = 12
const ENDS = new URL('./quic-farther-ends.ts', import.meta.url)

test('one peer too many: the one on TCP stays, and the one on QUIC goes that is nearer', { skip }, async () => {
  const { rttMs, stayed } = await runFarEnds<OneTooMany>(ENDS, ROUND_TRIP_MS, FURTHER_MS)
  assert.ok(rttMs.quic >= ROUND_TRIP_MS && rttMs.tcp >= ROUND_TRIP_MS + FURTHER_MS, `${rttMs.quic}, ${rttMs.tcp} ms`)
  assert.ok(rttMs.tcp > rttMs.quic && rttMs.tcp < 1.5 * rttMs.quic, `${rttMs.tcp} ms over TCP, ${rttMs.quic} over QUIC`)
  assert.deepEqual(stayed, ['tcp'])
})

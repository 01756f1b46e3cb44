import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { GOODBYE, goodbyeText, redialAfterMs } from '../../../../src/network-worker/peers/goodbye-reason.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

test('the codes we send are those of the specification and of the clients', () => {
  assert.deepEqual(Object.entries(GOODBYE), [
    ['unknown', 0],
    ['clientShutdown', 1],
    ['irrelevantNetwork', 2],
    ['fault', 3],
    ['tooManyPeers', 129],
    ['badScore', 250],
    ['banned', 251],
    ['bannedIp', 252],
  ])
})

test('every code a client is known to send has a name and a pause', () => {
  const table: [number, string, number][] = [
    [0, 'unknown', 2 * MINUTE_MS],
    [1, 'client shutdown', HOUR_MS],
    [2, 'irrelevant network', 24 * HOUR_MS],
    [3, 'fault', 2 * MINUTE_MS],
    [128, 'unable to verify network', 24 * HOUR_MS],
    [129, 'too many peers', 5 * MINUTE_MS],
    [130, 'rate limited', 2 * MINUTE_MS],
    [237, 'low score', 2 * HOUR_MS],
    [250, 'bad score', 2 * HOUR_MS],
    [251, 'banned', 2 * HOUR_MS],
    [252, 'banned IP', 2 * HOUR_MS],
  ]
  for (const [code, text, pauseMs] of table) {
    assert.deepEqual([goodbyeText(code), redialAfterMs(code)], [text, pauseMs])
    assert.deepEqual([goodbyeText(BigInt(code)), redialAfterMs(BigInt(code))], [text, pauseMs])
  }
})

test('any other code of the wire is shown as it is and costs two minutes', () => {
  assert.equal(goodbyeText(2n ** 64n - 1n), 'code 18446744073709551615')
  fc.assert(
    fc.property(fc.bigInt({ min: 253n, max: 2n ** 64n - 1n }), (code) => {
      assert.deepEqual([goodbyeText(code), redialAfterMs(code)], [`code ${code}`, 2 * MINUTE_MS])
    }),
  )
})

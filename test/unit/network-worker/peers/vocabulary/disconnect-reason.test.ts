import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { GOODBYE } from '../../../../../src/network-worker/peers/goodbye-reason.ts'
import { disconnectReason } from '../../../../../src/network-worker/peers/vocabulary/disconnect-reason.ts'

const TABLE = new Map([
  [1, 'client_shutdown'],
  [2, 'irrelevant_network'],
  [3, 'io_error'],
  [128, 'unviable_fork'],
  [129, 'too_many_peers'],
  [130, 'rate_limited'],
  [237, 'bad_score'],
  [250, 'bad_score'],
  [251, 'bad_score'],
  [252, 'bad_score'],
])

test('a code means the same whoever said it', () => {
  for (const [code, reason] of TABLE) {
    assert.equal(disconnectReason({ goodbye: 'ours', code }), reason, `our ${code}`)
    assert.equal(disconnectReason({ goodbye: 'theirs', code }), reason, `their ${code}`)
  }
})

test('all codes of ours but 0 have a word', () => {
  const wordless = Object.values(GOODBYE).filter((code) => !TABLE.has(code))
  assert.deepEqual(wordless, [0])
})

test('any other code is unknown', () => {
  const otherCode = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).filter((code) => !TABLE.has(Number(code)))
  fc.assert(
    fc.property(otherCode, (code) => {
      assert.equal(disconnectReason({ goodbye: 'theirs', code: Number(code) }), 'unknown')
    }),
  )
})

test('a connection that was closed without goodbye is an inbound disconnect', () => {
  assert.equal(disconnectReason({ goodbye: 'none' }), 'inbound_disconnect')
})

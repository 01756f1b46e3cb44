import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { aboutPeer, parsePeerIdQuery, parseStandardPeerId } from '../../../../src/api/schemas/standard-peer-id.ts'
import { RelayError } from '../../../../src/shared/errors.ts'
import { outcome } from './outcome.ts'

const PEER = '16Uiu2HAm4MqAN66Ey9CqUbSpSTCsEKHkYJH1h7oYrg8XDGXTMskH'

test('a good id is taken; any other value is refused and at most 64 characters of it repeated', () => {
  assert.equal(parseStandardPeerId(PEER), PEER)
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 200 }), fc.anything()), (value) => {
      const text = typeof value === 'string' ? value.slice(0, 64) : ''
      assert.deepEqual(
        outcome(() => parseStandardPeerId(value)),
        { code: 'BAD_PEER_ID', message: `Invalid peer ID: ${text}` },
      )
    }),
  )
})

test('a query parameter that is missing or repeated is no wrong id', () => {
  assert.equal(parsePeerIdQuery(PEER), PEER)
  for (const value of [undefined, [PEER], [PEER, PEER], {}, null]) {
    assert.deepEqual(
      outcome(() => parsePeerIdQuery(value)),
      { code: 'BAD_REQUEST', message: 'peerId must be given once' },
    )
  }
})

test('what the worker takes for no peer id is refused in the same words, other failures pass', async () => {
  const failing = (code: 'BAD_PEER_ID' | 'PEER_NOT_FOUND') => () => Promise.reject(new RelayError(code, 'theirs'))
  assert.equal(await aboutPeer(PEER, async (id) => id), PEER)
  await assert.rejects(aboutPeer(PEER, failing('BAD_PEER_ID')), { message: `Invalid peer ID: ${PEER}` })
  await assert.rejects(aboutPeer(PEER, failing('PEER_NOT_FOUND')), { code: 'PEER_NOT_FOUND', message: 'theirs' })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type DisconnectCause,
  LastDisconnects,
  MAX_LAST_DISCONNECTS,
} from '../../../../src/network-worker/peers/last-disconnect.ts'

const OURS: DisconnectCause = { goodbye: 'ours', code: 250 }
const THEIRS: DisconnectCause = { goodbye: 'theirs', code: 129 }
const NONE: DisconnectCause = { goodbye: 'none' }

test('the first goodbye of a session counts, whoever says another and however it closes', () => {
  for (const [first, second] of [
    [OURS, THEIRS],
    [THEIRS, OURS],
  ] as const) {
    const last = new LastDisconnects()
    for (const cause of [first, second, NONE]) last.record('peer', cause)
    assert.deepEqual(last.get('peer'), first)
  }
})

test('a goodbye that is read after the connection closed counts before none', () => {
  const last = new LastDisconnects()
  last.record('peer', NONE)
  assert.deepEqual(last.get('peer'), NONE)
  last.record('peer', THEIRS)
  assert.deepEqual(last.get('peer'), THEIRS)
})

test('a new session has no cause of its end, and gets its own', () => {
  const last = new LastDisconnects()
  last.record('peer', OURS)
  last.forget('peer')
  assert.equal(last.get('peer'), undefined)
  last.record('peer', NONE)
  assert.deepEqual(last.get('peer'), NONE)
})

test('1,024 peers are remembered, the first recorded goes first, and asking changes nothing', () => {
  const last = new LastDisconnects()
  for (let count = 0; count < MAX_LAST_DISCONNECTS; count++) last.record(`peer-${count}`, THEIRS)
  for (let count = 0; count < 2 * MAX_LAST_DISCONNECTS; count++) last.get(`stranger-${count}`)
  last.get('peer-0')
  // A further cause of the same session does not renew its place.
  last.record('peer-0', NONE)
  assert.deepEqual(last.get('peer-0'), THEIRS)
  last.record('one more', OURS)
  assert.equal(last.get('peer-0'), undefined)
  assert.deepEqual(last.get('peer-1'), THEIRS)
  assert.deepEqual(last.get('one more'), OURS)
})

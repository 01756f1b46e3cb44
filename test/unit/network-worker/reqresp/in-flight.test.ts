import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InFlight } from '../../../../src/network-worker/reqresp/in-flight.ts'

test('counts per peer and key, and keeps nothing once all has left', () => {
  const inFlight = new InFlight<'ping' | 'status'>()
  const first = inFlight.enter('a', 'ping')
  const second = inFlight.enter('a', 'ping')
  const other = inFlight.enter('a', 'status')
  assert.equal(inFlight.count('a', 'ping'), 2)
  assert.equal(inFlight.count('a', 'status'), 1)
  assert.equal(inFlight.count('b', 'ping'), 0)
  first[Symbol.dispose]()
  first[Symbol.dispose]()
  assert.equal(inFlight.count('a', 'ping'), 1)
  second[Symbol.dispose]()
  other[Symbol.dispose]()
  assert.equal(inFlight.peers, 0)
})

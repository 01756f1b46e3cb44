import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitUntil } from '../../../src/demo/wait.ts'
import { FakeClock } from '../../support/fake-clock.ts'

test('a wait ends when the clock shows its time', async () => {
  const clock = new FakeClock(1000)
  const waiting = waitUntil(clock, 1500, new AbortController().signal)
  clock.advance(499)
  assert.equal(clock.pending, 1)
  clock.advance(1)
  assert.equal(await waiting, true)
  assert.equal(clock.pending, 0)
})

test('a time that has come needs no timer', async () => {
  const clock = new FakeClock(1000)
  const waiting = waitUntil(clock, 1000, new AbortController().signal)
  assert.equal(clock.pending, 0)
  assert.equal(await waiting, true)
})

test('an abort ends the wait and frees its timer', async () => {
  const clock = new FakeClock(1000)
  const abort = new AbortController()
  const waiting = waitUntil(clock, 9000, abort.signal)
  abort.abort()
  assert.equal(await waiting, false)
  assert.equal(clock.pending, 0)
  assert.equal(await waitUntil(clock, 0, abort.signal), false)
})

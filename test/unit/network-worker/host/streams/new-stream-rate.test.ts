import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  MAX_NEW_STREAMS_PER_SECOND,
  NewStreamRate,
} from '../../../../../src/network-worker/host/streams/new-stream-rate.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

test('as many streams as may be opened in a second are admitted, and as many in the next', () => {
  const clock = new FakeClock()
  const rate = new NewStreamRate(clock)
  for (let second = 0; second < 3; second++) {
    for (let count = 0; count < MAX_NEW_STREAMS_PER_SECOND; count++) assert.ok(rate.admit())
    assert.equal(rate.admit(), false)
    clock.advance(1000)
  }
})

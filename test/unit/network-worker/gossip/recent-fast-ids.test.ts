import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RecentFastIds } from '../../../../src/network-worker/gossip/recent-fast-ids.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

test('leads from a fast id to the true one, for half a minute at least', () => {
  const clock = new FakeClock()
  const ids = new RecentFastIds(clock)
  clock.advance(29_000)
  assert.equal(ids.put('fast', 'true'), false)
  clock.advance(29_999)
  ids.prune()
  assert.equal(ids.get('fast'), 'true')
  clock.advance(60_000)
  ids.prune()
  assert.equal(ids.get('fast'), undefined)
})

test('keeps the first id of a key and says that there was one', () => {
  const ids = new RecentFastIds(new FakeClock())
  ids.put('fast', 'first')
  assert.equal(ids.put('fast', 'second'), true)
  assert.equal(ids.get('fast'), 'first')
})

test('never holds more than two generations and counts what it dropped early', () => {
  const ids = new RecentFastIds(new FakeClock(), 100)
  for (let n = 0; n < 1000; n++) {
    ids.put(`fast ${n}`, `true ${n}`)
    assert.ok(ids.size <= 200)
  }
  assert.equal(ids.get('fast 999'), 'true 999')
  assert.equal(ids.dropped, 1000 - ids.size)
})

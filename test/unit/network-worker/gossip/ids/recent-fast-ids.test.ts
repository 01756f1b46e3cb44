import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RecentFastIds } from '../../../../../src/network-worker/gossip/ids/recent-fast-ids.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

test('leads from a fast id to what is known, for half a minute at least', () => {
  const clock = new FakeClock()
  const ids = new RecentFastIds<string>(clock)
  clock.advance(29_000)
  ids.set(1, 'true')
  clock.advance(29_999)
  ids.prune()
  assert.equal(ids.get(1), 'true')
  clock.advance(60_000)
  ids.prune()
  assert.equal(ids.get(1), undefined)
})

test('keeps one thing of a message, the newest, in whichever generation it was', () => {
  const clock = new FakeClock()
  const ids = new RecentFastIds<string>(clock)
  ids.set(1, 'first')
  ids.set(1, 'second')
  assert.deepEqual([ids.get(1), ids.size], ['second', 1])
  clock.advance(30_000)
  ids.prune()
  ids.set(1, 'third')
  assert.deepEqual([ids.get(1), ids.size], ['third', 1])
  ids.delete(1)
  assert.deepEqual([ids.get(1), ids.size], [undefined, 0])
})

test('never holds more than two generations and counts what it dropped early', () => {
  const ids = new RecentFastIds<number>(new FakeClock(), 100)
  for (let n = 0; n < 1000; n++) {
    ids.set(n, n)
    assert.ok(ids.size <= 200)
  }
  assert.equal(ids.get(999), 999)
  assert.equal(ids.dropped, 1000 - ids.size)
})

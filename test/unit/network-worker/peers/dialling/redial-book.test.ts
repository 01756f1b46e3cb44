import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  MAX_AVOIDED_PEERS,
  RedialBook,
  SELF_PRUNED_MS,
} from '../../../../../src/network-worker/peers/dialling/redial-book.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

test('a peer we pruned is left in peace for ten minutes', () => {
  const clock = new FakeClock()
  const book = new RedialBook(clock)
  book.avoid('peer', SELF_PRUNED_MS)
  clock.advance(599_999)
  assert.equal(book.isAvoided('peer'), true)
  clock.advance(1)
  assert.deepEqual([book.isAvoided('peer'), book.size], [false, 0])
})

test('the longer of two pauses holds, in either order', () => {
  for (const pauses of [
    [1000, 5000],
    [5000, 1000],
  ]) {
    const clock = new FakeClock()
    const book = new RedialBook(clock)
    for (const forMs of pauses) book.avoid('peer', forMs)
    clock.advance(4999)
    assert.equal(book.isAvoided('peer'), true)
    clock.advance(1)
    assert.equal(book.isAvoided('peer'), false)
  }
})

test('a cleared peer may be dialled at once; one never heard of always may', () => {
  const book = new RedialBook(new FakeClock())
  book.avoid('peer', 5000)
  book.clear('peer')
  assert.deepEqual([book.isAvoided('peer'), book.isAvoided('stranger')], [false, false])
})

test('a pause of no length is none', () => {
  const book = new RedialBook(new FakeClock())
  book.avoid('peer', 0)
  assert.deepEqual([book.isAvoided('peer'), book.size], [false, 0])
})

test('for lack of room the pause that ends soonest is given up and counted, the newest itself if need be', () => {
  const book = new RedialBook(new FakeClock(), 2)
  book.avoid('long', 9000)
  book.avoid('short', 1000)
  book.avoid('middle', 5000)
  assert.deepEqual([book.isAvoided('long'), book.isAvoided('short'), book.isAvoided('middle')], [true, false, true])
  book.avoid('shortest', 10)
  assert.deepEqual([book.isAvoided('shortest'), book.size, book.dropped], [false, 2, 2])
})

test('pauses that have ended make room unnoticed', () => {
  const clock = new FakeClock()
  const book = new RedialBook(clock, 2)
  book.avoid('a', 1000)
  book.avoid('b', 2000)
  clock.advance(1500)
  book.avoid('c', 100)
  assert.deepEqual([book.isAvoided('b'), book.isAvoided('c'), book.dropped], [true, true, 0])
})

test('by default it holds 2,048 peers', () => {
  const book = new RedialBook(new FakeClock())
  for (let peer = 0; peer <= MAX_AVOIDED_PEERS; peer++) book.avoid(`peer ${peer}`, 1000 + peer)
  assert.deepEqual([MAX_AVOIDED_PEERS, book.size, book.dropped], [2048, 2048, 1])
  assert.deepEqual([book.isAvoided('peer 0'), book.isAvoided('peer 1')], [false, true])
})

test('whatever is written, a book with room agrees with the furthest end of each peer', () => {
  const step = fc.record({ peer: fc.nat({ max: 5 }), forMs: fc.nat({ max: 100 }), thenMs: fc.nat({ max: 50 }) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const clock = new FakeClock()
      const book = new RedialBook(clock)
      const ends = new Map<string, number>()
      for (const { peer, forMs, thenMs } of steps) {
        const peerId = `peer ${peer}`
        book.avoid(peerId, forMs)
        ends.set(peerId, Math.max(ends.get(peerId) ?? 0, clock.monotonicMs() + forMs))
        clock.advance(thenMs)
        for (const [id, endMs] of ends) assert.equal(book.isAvoided(id), clock.monotonicMs() < endMs)
      }
    }),
  )
})

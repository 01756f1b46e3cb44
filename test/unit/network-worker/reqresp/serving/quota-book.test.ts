import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { INBOUND_QUOTAS } from '../../../../../src/network-worker/reqresp/limits.ts'
import { QuotaBook } from '../../../../../src/network-worker/reqresp/serving/quota-book.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

for (const [name, { requests, periodMs }] of [
  ['status', INBOUND_QUOTAS.status],
  ['ping', INBOUND_QUOTAS.ping],
  ['metadata', INBOUND_QUOTAS.metadata],
  ['goodbye', INBOUND_QUOTAS.goodbye],
] as const) {
  test(`${name}: ${requests} at once, then one each ${periodMs / requests} ms`, () => {
    const clock = new FakeClock()
    const quotas = new QuotaBook(clock)
    for (let i = 0; i < requests; i += 1) assert.equal(quotas.take('a', name), true)
    assert.equal(quotas.take('a', name), false)
    clock.advance(periodMs / requests - 1)
    assert.equal(quotas.take('a', name), false)
    clock.advance(1)
    assert.equal(quotas.take('a', name), true)
    assert.equal(quotas.take('a', name), false)
  })
}

test('a full bucket is full at any time of day: fractional times do not round a token away', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (startMs) => {
      const clock = new FakeClock()
      clock.advance(startMs)
      const quotas = new QuotaBook(clock)
      for (const [name, { requests }] of Object.entries(INBOUND_QUOTAS)) {
        for (let i = 0; i < requests; i++) assert.equal(quotas.take('a', name as keyof typeof INBOUND_QUOTAS), true)
        assert.equal(quotas.take('a', name as keyof typeof INBOUND_QUOTAS), false)
      }
    }),
  )
})

test('peers and names have buckets of their own', () => {
  const quotas = new QuotaBook(new FakeClock())
  assert.equal(quotas.take('a', 'goodbye'), true)
  assert.equal(quotas.take('a', 'goodbye'), false)
  assert.equal(quotas.take('b', 'goodbye'), true)
  assert.equal(quotas.take('a', 'ping'), true)
})

test('a forgotten peer starts anew', () => {
  const quotas = new QuotaBook(new FakeClock())
  quotas.take('a', 'goodbye')
  quotas.forget('a')
  assert.equal(quotas.size, 0)
  assert.equal(quotas.take('a', 'goodbye'), true)
})

test('the book stays within its bound and drops the oldest peer', () => {
  const quotas = new QuotaBook(new FakeClock(), 3)
  for (const peer of ['a', 'b', 'c', 'd']) quotas.take(peer, 'goodbye')
  assert.equal(quotas.size, 3)
  assert.equal(quotas.take('d', 'goodbye'), false)
  assert.equal(quotas.take('a', 'goodbye'), true)
})

test('no run of requests gets more than the bucket and its refill', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 9000 }), { maxLength: 60 }), (pauses) => {
      const clock = new FakeClock()
      const quotas = new QuotaBook(clock)
      let taken = 0
      for (const pause of pauses) {
        clock.advance(pause)
        if (quotas.take('a', 'ping')) taken += 1
      }
      assert.ok(taken <= 2 + (clock.monotonicMs() * 2) / 10_000)
    }),
  )
})

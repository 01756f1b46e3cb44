import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ReceiveWindow } from '../../../../../src/network-worker/host/yamux/receive-window.ts'

const INITIAL = 256 * 1024
const MAX = 1024 * 1024

test('whatever is announced and taken, a sender is never stuck, never gets more than the window, and nothing is lost', () => {
  const step = fc.record({ send: fc.integer({ min: 0, max: INITIAL }), take: fc.nat(INITIAL), ms: fc.nat(50) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.nat(20), (steps, rttMs) => {
      let now = 0
      const window = new ReceiveWindow({ monotonicMs: () => now, rttMs: () => rttMs, maxBytes: MAX })
      let mayCome = INITIAL
      let unread = 0
      for (const { send, take, ms } of steps) {
        now += ms
        const sent = Math.min(send, mayCome)
        assert.equal(window.announce(mayCome + 1), false)
        assert.equal(window.announce(sent), true)
        mayCome -= sent
        unread += sent
        const taken = Math.min(take, unread)
        window.take(taken)
        unread -= taken
        mayCome += window.grant()
        assert.ok(mayCome + unread <= window.bytes, 'more than the window')
        assert.ok(window.bytes <= MAX)
        if (unread === 0) assert.ok(2 * mayCome > window.bytes, 'stuck, or nearly')
      }
    }),
  )
})

test('nothing is granted before half is used up, then all of it', () => {
  const window = new ReceiveWindow({ monotonicMs: () => 0, rttMs: () => 0, maxBytes: MAX })
  assert.ok(window.announce(INITIAL))
  window.take(INITIAL / 2 - 1)
  assert.equal(window.grant(), 0)
  window.take(1)
  assert.equal(window.grant(), INITIAL / 2)
})

test('a window that is half used up within four round trips doubles, up to its bound', () => {
  let now = 0
  const window = new ReceiveWindow({ monotonicMs: () => now, rttMs: () => 100, maxBytes: 2.5 * INITIAL })
  const useHalf = (afterMs: number): number => {
    now += afterMs
    const half = window.bytes / 2
    assert.ok(window.announce(half))
    window.take(half)
    return window.grant()
  }
  assert.equal(useHalf(400), INITIAL / 2, 'not fast')
  assert.equal(useHalf(399), INITIAL / 2 + INITIAL)
  assert.equal(window.bytes, 2 * INITIAL)
  useHalf(1)
  assert.equal(window.bytes, 2.5 * INITIAL)
  assert.equal(useHalf(1), 1.25 * INITIAL)
})

test('bytes that are put back and taken again are granted once', () => {
  const window = new ReceiveWindow({ monotonicMs: () => 0, rttMs: () => 0, maxBytes: MAX })
  assert.ok(window.announce(INITIAL))
  window.take(INITIAL)
  assert.equal(window.grant(), INITIAL)
  window.putBack(1000)
  window.take(1000)
  assert.equal(window.grant(), 0)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { WallAnchor } from '../../../../src/network-worker/events/wall-anchor.ts'
import type { Clock } from '../../../../src/shared/clock.ts'

const BOOT_UNIX_US = 1_700_000_000_123_456

/** A clock whose wall time is told in whole ms, as the system's is, and whose true time the test knows. */
class TruncatedClock implements Pick<Clock, 'nowMs' | 'monotonicMs'> {
  us = 0
  stepMs = 0
  nowMs = (): number => Math.floor((BOOT_UNIX_US + this.us) / 1000) + this.stepMs
  monotonicMs = (): number => this.us / 1000
  after = (): never => assert.fail('no timers')
  every = (): never => assert.fail('no timers')
}

function errorUs(anchor: WallAnchor, clock: TruncatedClock): number {
  const trueNs = BigInt(BOOT_UNIX_US + clock.us) * 1000n + BigInt(clock.stepMs) * 1_000_000n
  return Number(anchor.unixNs(clock.us / 1000) - trueNs) / 1000
}

test('the error is below 1 ms and to the early side, however the samples fall', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 100 }), (gapsUs) => {
      const clock = new TruncatedClock()
      const anchor = new WallAnchor(clock)
      for (const gapUs of gapsUs) {
        clock.us += gapUs
        anchor.sample()
        const error = errorUs(anchor, clock)
        assert.ok(error > -1_000 && error <= 1, `${error} us`)
      }
    }),
  )
})

test('after a second of samples that fall anywhere in a ms, the error is a fraction of it', () => {
  const clock = new TruncatedClock()
  const anchor = new WallAnchor(clock)
  for (let i = 0; i < 25; i++) {
    clock.us += 50_137
    anchor.sample()
  }
  assert.ok(errorUs(anchor, clock) > -150, `${errorUs(anchor, clock)} us`)
})

test('a step of the wall clock, forth or back, is followed within two seconds', () => {
  for (const stepMs of [5_000, -5_000]) {
    const clock = new TruncatedClock()
    const anchor = new WallAnchor(clock)
    clock.stepMs = stepMs
    for (let i = 0; i < 41; i++) {
      clock.us += 50_000
      anchor.sample()
    }
    assert.ok(Math.abs(errorUs(anchor, clock)) < 1_001, `${errorUs(anchor, clock)} us`)
  }
})

test('ns are whole and finer than a ms', () => {
  const clock = new TruncatedClock()
  const anchor = new WallAnchor(clock)
  assert.notEqual(anchor.unixNs(0.25) % 1_000_000n, 0n)
  assert.equal(anchor.unixNs(1) - anchor.unixNs(0), 1_000_000n)
})

test('after a pause that the clocks parted in, a restart makes it right at once', () => {
  for (const stepMs of [5_000, -5_000]) {
    const clock = new TruncatedClock()
    const anchor = new WallAnchor(clock)
    clock.us += 3_600_000_000
    clock.stepMs = stepMs
    anchor.restart()
    assert.ok(Math.abs(errorUs(anchor, clock)) < 1_001, `${errorUs(anchor, clock)} us`)
    clock.us += 50_000
    anchor.sample()
    assert.ok(Math.abs(errorUs(anchor, clock)) < 1_001, `${errorUs(anchor, clock)} us`)
  }
})

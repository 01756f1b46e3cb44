import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BytePace } from '../../../../../src/network-worker/reqresp/serving/byte-pace.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

test('a burst goes at once, the rest at the pace, in the order of asking', () => {
  const clock = new FakeClock()
  const pace = new BytePace({ clock, bytesPerSecond: 1000, burstBytes: 500 })
  assert.deepEqual([pace.take(300), pace.take(200), pace.take(100), pace.take(100)], [0, 0, 100, 200])
  clock.advance(200)
  assert.equal(pace.take(50), 50)
  clock.advance(10_000)
  assert.deepEqual([pace.take(500), pace.take(1)], [0, 1], 'a long pause earns one burst')
})

test('whoever asks whenever, no more goes in any time than the pace and one burst', () => {
  const steps = fc.array(fc.record({ bytes: fc.nat(2000), pauseMs: fc.nat(500) }), { maxLength: 50 })
  fc.assert(
    fc.property(steps, (asked) => {
      const clock = new FakeClock()
      const pace = new BytePace({ clock, bytesPerSecond: 1000, burstBytes: 500 })
      let bytesTaken = 0
      for (const { bytes, pauseMs } of asked) {
        const atMs = clock.monotonicMs() + pace.take(bytes)
        bytesTaken += bytes
        assert.ok(bytesTaken <= 500 + atMs + 1e-6, `${bytesTaken} bytes by ${atMs} ms`)
        clock.advance(pauseMs)
      }
    }),
  )
})

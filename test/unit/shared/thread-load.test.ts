import assert from 'node:assert/strict'
import { createHistogram } from 'node:perf_hooks'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { LOOP_DELAY_BOUNDS_MS, readingsUpTo, ThreadLoad } from '../../../src/shared/thread-load.ts'

test('readings up to a bound are as many as were recorded, to the histogram’s own precision', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 6_000 }), { maxLength: 200 }), (readingsMs) => {
      const histogram = createHistogram()
      for (const ms of readingsMs) histogram.record(ms * 1_000_000)
      for (const bound of LOOP_DELAY_BOUNDS_MS) {
        const counted = readingsUpTo(histogram, bound)
        // Three significant digits: a reading within 0.2 % of the bound may be on either side.
        const atLeast = readingsMs.filter((ms) => ms <= bound * 0.998).length
        const atMost = readingsMs.filter((ms) => ms <= bound * 1.002).length
        assert.ok(counted >= atLeast && counted <= atMost, `${counted} of ${atLeast} to ${atMost} up to ${bound}`)
      }
    }),
  )
})

test('a blocked loop is a late reading, an idle one is not, and collections are counted', async (t) => {
  const load = new ThreadLoad()
  load.start()
  t.after(() => load.stop())
  await sleep(300)
  const idle = load.view().loopDelay
  assert.ok(idle.count > 5)
  const until = performance.now() + 250
  let garbage: object[] = []
  while (performance.now() < until) garbage = Array.from({ length: 20_000 }, (_, index) => ({ index }))
  await sleep(100)
  assert.equal(garbage.length, 20_000)
  const { loopDelay, gc, heapUsedBytes, heapLimitBytes } = load.view()
  const late = loopDelay.count - (loopDelay.counts[LOOP_DELAY_BOUNDS_MS.indexOf(200)] ?? 0)
  const lateBefore = idle.count - (idle.counts[LOOP_DELAY_BOUNDS_MS.indexOf(200)] ?? 0)
  assert.ok(late - lateBefore >= 1)
  assert.ok(loopDelay.sumMs - idle.sumMs > 200)
  assert.ok(gc.minor.runs > 0 && gc.minor.totalMs > 0)
  assert.ok(heapUsedBytes > 0 && heapUsedBytes < heapLimitBytes)
})

import assert from 'node:assert/strict'
import { createHistogram } from 'node:perf_hooks'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { LOOP_DELAY_BOUNDS_MS, LoopDelay, readingsUpTo } from '../../../src/shared/loop-delay.ts'

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

function block(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

test('the longest delay is told once, and what was read stays in the totals', async (t) => {
  const delay = new LoopDelay()
  assert.equal(delay.takeLongestMs(), 0)
  delay.start()
  t.after(() => delay.stop())
  await sleep(450)
  block(400)
  await sleep(450)
  const before = delay.view()
  assert.ok(delay.takeLongestMs() >= 150)
  const after = delay.view()
  assert.equal(after.count, before.count)
  assert.deepEqual(after.counts, before.counts)
  assert.ok(Math.abs(after.sumMs - before.sumMs) < 1e-6)
  // At once: a busy machine may keep this thread waiting for as long.
  assert.ok(delay.takeLongestMs() < 150)
  await sleep(450)
  assert.ok(delay.view().count > after.count)
})

test('what was told never falls, though a turn that is late is followed by one that is early', async (t) => {
  const delay = new LoopDelay()
  delay.start()
  t.after(() => delay.stop())
  let told = delay.view()
  for (let read = 0; read < 40; read++) {
    await sleep(30)
    block(read % 7 === 0 ? 130 : 5)
    const now = delay.view()
    assert.ok(now.sumMs >= told.sumMs && now.count >= told.count, `${now.sumMs} after ${told.sumMs}`)
    told = now
  }
  assert.ok(told.sumMs > 0)
})

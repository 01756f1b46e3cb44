import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { LOOP_DELAY_BOUNDS_MS } from '../../../src/shared/loop-delay.ts'
import { ThreadLoad } from '../../../src/shared/thread-load.ts'

test('a blocked loop is a late reading, an idle one is not, and collections are counted', async (t) => {
  const load = new ThreadLoad()
  load.start()
  t.after(() => load.stop())
  await sleep(900)
  const idle = load.view().loopDelay
  assert.ok(idle.count > 2)
  const until = performance.now() + 500
  let garbage: object[] = []
  while (performance.now() < until) garbage = Array.from({ length: 20_000 }, (_, index) => ({ index }))
  await sleep(450)
  assert.equal(garbage.length, 20_000)
  const { loopDelay, gc, heapUsedBytes, heapLimitBytes } = load.view()
  const late = loopDelay.count - (loopDelay.counts[LOOP_DELAY_BOUNDS_MS.indexOf(200)] ?? 0)
  const lateBefore = idle.count - (idle.counts[LOOP_DELAY_BOUNDS_MS.indexOf(200)] ?? 0)
  assert.ok(late - lateBefore >= 1)
  assert.ok(loopDelay.sumMs - idle.sumMs > 200)
  assert.ok(gc.minor.runs > 0 && gc.minor.totalMs > 0)
  assert.ok(heapUsedBytes > 0 && heapUsedBytes < heapLimitBytes)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type PaceClock, paced } from '../../../../bench/floor/paced.ts'

/** Time passes only while somebody sleeps; each sleep takes so much longer than asked for. */
function clockOf(oversleepMs: () => number): PaceClock {
  let nowMs = 1_000
  return {
    nowMs: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms + oversleepMs()
    },
  }
}

/** When each was done, from the start. */
async function times(pace: Parameters<typeof paced>[0], clock: PaceClock) {
  const startedMs = clock.nowMs()
  const doneMs: number[] = []
  const act = (index: number): void => {
    assert.equal(index, doneMs.length)
    doneMs.push(clock.nowMs() - startedMs)
  }
  const figures = await paced(pace, act, clock)
  return { ...figures, doneMs }
}

test('each at its time', async () => {
  const { count, maxLagMs, doneMs } = await times(
    { ratePerSecond: 40, seconds: 0.1 },
    clockOf(() => 0),
  )
  assert.deepEqual(doneMs, [0, 25, 50, 75])
  assert.deepEqual({ count, maxLagMs }, { count: 4, maxLagMs: 0 })
})

test('what was late does not push back what comes next', async () => {
  const late = [60, 0]
  const { maxLagMs, doneMs } = await times(
    { ratePerSecond: 40, seconds: 0.15 },
    clockOf(() => late.shift() ?? 0),
  )
  assert.deepEqual(doneMs, [0, 85, 85, 85, 100, 125])
  assert.equal(maxLagMs, 60)
})

test('all are done, none before its time, however late sleeps end', async () => {
  const pace = fc.record({
    ratePerSecond: fc.integer({ min: 1, max: 5_000 }),
    seconds: fc.constantFrom(0, 0.01, 0.2, 1),
  })
  await fc.assert(
    fc.asyncProperty(pace, fc.integer({ min: 0, max: 50 }), async (asked, oversleepMs) => {
      const { count, maxLagMs, doneMs } = await times(
        asked,
        clockOf(() => oversleepMs),
      )
      assert.equal(count, Math.round(asked.ratePerSecond * asked.seconds))
      assert.equal(doneMs.length, count)
      for (const [index, at] of doneMs.entries()) {
        const lagMs = at - (index * 1000) / asked.ratePerSecond
        assert.ok(lagMs >= -1e-6 && lagMs <= maxLagMs + 1e-6, `${index} at ${at} ms`)
      }
    }),
  )
})

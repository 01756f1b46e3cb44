import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type MemorySample, MemorySampler, settledMemory } from '../../../bench/macro/soak-memory.ts'

const TTL_SECONDS = 768

/** A sample each ten seconds. */
function samples(totalSeconds: number, rssMb: (atSeconds: number) => number): readonly MemorySample[] {
  return Array.from({ length: totalSeconds / 10 + 1 }, (_, index) => ({
    atSeconds: index * 10,
    rssMb: rssMb(index * 10),
  }))
}

test('a long run is judged by what comes after the caches are full', () => {
  const filling = (atSeconds: number): number => 100 + Math.min(atSeconds, TTL_SECONDS) / 10
  const found = settledMemory(samples(1800, filling), 1800, TTL_SECONDS)
  assert.deepEqual(found, { fromSeconds: 768, isFilling: false, slopeMbPerMinute: 0, medianRssMb: 176.8 })
})

test('a short one by its later part, and it says that the caches were filling', () => {
  const found = settledMemory(
    samples(600, (atSeconds) => 100 + atSeconds / 30),
    600,
    TTL_SECONDS,
  )
  assert.deepEqual(
    { ...found, medianRssMb: Math.round(found.medianRssMb) },
    { fromSeconds: 180, isFilling: true, slopeMbPerMinute: 2, medianRssMb: 113 },
  )
})

test('the slope of a line is that line’s, whatever its height', () => {
  const slopes = fc.integer({ min: -50, max: 50 })
  fc.assert(
    fc.property(slopes, fc.integer({ min: 0, max: 1000 }), (perMinute, height) => {
      const found = settledMemory(
        samples(1800, (atSeconds) => height + (perMinute * atSeconds) / 60),
        1800,
        TTL_SECONDS,
      )
      assert.ok(Math.abs(found.slopeMbPerMinute - perMinute) < 0.001)
    }),
  )
})

test('too few samples have no slope', () => {
  assert.equal(settledMemory([{ atSeconds: 0, rssMb: 100 }], 6, TTL_SECONDS).slopeMbPerMinute, 0)
  assert.equal(settledMemory([{ atSeconds: 0, rssMb: 100 }], 6, TTL_SECONDS).medianRssMb, 100)
})

const skip = process.platform === 'linux' ? false : '/proc is Linux only'

test('the first sample is taken at once; a process that is gone gives none', { skip }, () => {
  using own = new MemorySampler(process.pid)
  assert.equal(own.samples.length, 1)
  assert.ok((own.samples[0]?.rssMb ?? 0) > 10)
  const beyondAllPids = 2 ** 30
  using gone = new MemorySampler(beyondAllPids)
  assert.deepEqual(gone.samples, [])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LatencyHistogram } from '../../../../src/network-worker/stats/latency-histogram.ts'

/** A bucket spans 2^(1/8): a reading is at most this much above the true value. */
const PRECISION = 2 ** (1 / 8)

/** The quantile by its definition: the smallest value with that share of the sample at or below it. */
function exactQuantile(values: readonly number[], quantile: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.ceil(quantile * sorted.length) - 1] ?? Number.NaN
}

test('without readings every quantile is 0', () => {
  assert.equal(new LatencyHistogram().quantile(0.5), 0)
})

test('quantiles of any sample are right to 9 %, never below the truth', () => {
  const latency = fc.double({ min: 0.001, max: 60_000, noNaN: true })
  const sample = fc.array(latency, { minLength: 1, maxLength: 300 })
  fc.assert(
    fc.property(sample, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, quantile) => {
      const histogram = new LatencyHistogram()
      for (const ms of values) histogram.record(ms)
      const ratio = histogram.quantile(quantile) / exactQuantile(values, quantile)
      assert.ok(ratio >= 1 - 1e-9 && ratio <= PRECISION + 1e-9, `off by a factor of ${ratio}`)
    }),
  )
})

test('readings below a microsecond and above the range count as the ends of the range', () => {
  const histogram = new LatencyHistogram()
  for (const ms of [0, 1e-9, -1]) histogram.record(ms)
  assert.ok(histogram.quantile(1) <= 0.001 * PRECISION)
  for (let i = 0; i < 10; i++) histogram.record(1e9)
  assert.ok(histogram.quantile(0.9) > 60_000)
})

test('clear forgets every reading', () => {
  const histogram = new LatencyHistogram()
  histogram.record(500)
  histogram.clear()
  assert.equal(histogram.quantile(0.99), 0)
  histogram.record(2)
  assert.ok(histogram.quantile(0.99) < 2 * PRECISION + 1e-9)
})

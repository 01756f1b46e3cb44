import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  bootstrapInterval,
  clusteredEstimate,
  estimate,
  median,
  pairedDifference,
  pairedRatio,
  seededRandom,
  unpairedRatio,
} from '../../../bench/statistics.ts'
import { GO, madeRun, STARLING } from './made-run.ts'

const figures = (minLength = 1): fc.Arbitrary<number[]> =>
  fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), { minLength, maxLength: 12 })

test('median: the middle of an odd number, the mean of the middle two of an even one, NaN of none', () => {
  assert.equal(median([3, 1, 2]), 2)
  assert.equal(median([4, 1, 3, 2]), 2.5)
  assert.equal(median([]), Number.NaN)
})

test('median: as many values lie above it as below, whatever their order', () => {
  fc.assert(
    fc.property(figures(), (values) => {
      const middle = median(values)
      assert.equal(median(values.toReversed()), middle)
      const half = values.length / 2
      assert.ok(values.filter((value) => value < middle).length <= half)
      assert.ok(values.filter((value) => value > middle).length <= half)
    }),
  )
})

test('interval: holds the median and stays within the values', () => {
  fc.assert(
    fc.property(figures(), (values) => {
      const found = estimate(values, { resamples: 300 })
      assert.ok(found.low <= found.median && found.median <= found.high)
      assert.ok(Math.min(...values) <= found.low && found.high <= Math.max(...values))
    }),
  )
})

test('interval: of the same values always the same, also with a generator of the same seed', () => {
  fc.assert(
    fc.property(figures(), fc.integer(), (values, seed) => {
      const usual = { resamples: 100 }
      assert.deepEqual(estimate(values, usual), estimate(values, usual))
      const seeded = () => bootstrapInterval(values, median, { ...usual, random: seededRandom(seed) })
      assert.deepEqual(seeded(), seeded())
    }),
  )
})

test('interval: of one value that value, of none NaN', () => {
  assert.deepEqual(estimate([7]), { median: 7, low: 7, high: 7 })
  assert.deepEqual(estimate([]), { median: Number.NaN, low: Number.NaN, high: Number.NaN })
})

test('interval: less confidence, narrower', () => {
  const values = [1, 2, 3, 4, 5, 6, 7, 8, 9]
  const wide = bootstrapInterval(values, median, { confidence: 0.99 })
  const narrow = bootstrapInterval(values, median, { confidence: 0.5 })
  assert.ok(wide.low < narrow.low && narrow.high < wide.high)
})

test('random: within [0, 1), and spread over it', () => {
  const random = seededRandom(0)
  const values = Array.from({ length: 10_000 }, random)
  assert.ok(values.every((value) => value >= 0 && value < 1))
  for (let tenth = 0; tenth < 10; tenth++) {
    const count = values.filter((value) => Math.floor(value * 10) === tenth).length
    assert.ok(count > 850 && count < 1150, `${count} of 10,000 in tenth ${tenth}`)
  }
})

const cpu = (run: { cpuUsPerDelivery: number }): number => run.cpuUsPerDelivery

test('ratio: 1 of equal runs, exactly', () => {
  fc.assert(
    fc.property(figures(), (values) => {
      const runs = values.flatMap((cpuUsPerDelivery, round) =>
        [STARLING, GO].map((variant) => madeRun({ variant, round, cpuUsPerDelivery })),
      )
      assert.deepEqual(pairedRatio(runs, cpu, STARLING, GO), { median: 1, low: 1, high: 1, pairs: values.length })
    }),
  )
})

test('ratio: a machine that is slower in one round than in another changes nothing', () => {
  const slowness = [1, 3, 2, 8, 5]
  const runs = slowness.flatMap((times, round) => [
    madeRun({ variant: STARLING, round, cpuUsPerDelivery: 10 * times }),
    madeRun({ variant: GO, round, cpuUsPerDelivery: 20 * times }),
  ])
  assert.deepEqual(pairedRatio(runs, cpu, STARLING, GO), { median: 0.5, low: 0.5, high: 0.5, pairs: 5 })
})

test('ratio: pairs only runs of one round, one case, and exactly those variants', () => {
  const runs = [
    madeRun({ variant: STARLING, round: 0, case: 'a', cpuUsPerDelivery: 10 }),
    madeRun({ variant: GO, round: 0, case: 'b', cpuUsPerDelivery: 1 }),
    madeRun({ variant: GO, round: 1, case: 'a', cpuUsPerDelivery: 1 }),
    madeRun({ variant: { ...GO, transport: 'quic' }, round: 0, case: 'a', cpuUsPerDelivery: 1 }),
    madeRun({ variant: { ...GO, setting: 'polled' }, round: 0, case: 'a', cpuUsPerDelivery: 1 }),
    madeRun({ variant: GO, round: 0, case: 'a', cpuUsPerDelivery: 4 }),
  ]
  assert.deepEqual(pairedRatio(runs, cpu, STARLING, GO), { median: 2.5, low: 2.5, high: 2.5, pairs: 1 })
})

test('ratio: a round without a figure to divide by is left out; without any there are no pairs', () => {
  const runs = [
    madeRun({ variant: STARLING, round: 0, cpuUsPerDelivery: 10 }),
    madeRun({ variant: GO, round: 0, cpuUsPerDelivery: 0 }),
  ]
  const none = { median: Number.NaN, low: Number.NaN, high: Number.NaN, pairs: 0 }
  assert.deepEqual(pairedRatio(runs, cpu, STARLING, GO), none)
  assert.deepEqual(pairedRatio([], cpu, STARLING, GO), none)
})

test('a difference is taken within each round too', () => {
  const cost = (variant: typeof GO, round: number, cpuUsPerDelivery: number) =>
    madeRun({ variant, round, cpuUsPerDelivery })
  const runs = [10, 100, 1_000].flatMap((base, round) => [cost(GO, round, base), cost(STARLING, round, base + 5)])
  const difference = pairedDifference(runs, (run) => run.cpuUsPerDelivery, STARLING, GO)
  assert.deepEqual(difference, { median: 5, low: 5, high: 5, pairs: 3 })
})

test('interval of groups: holds the statistic, is wide where groups differ, and passes over empty ones', () => {
  const range = (from: number): readonly number[] => Array.from({ length: 50 }, (_, index) => from + index / 50)
  const options = { resamples: 500 }
  const alike = clusteredEstimate([range(0), range(0), []], median, options)
  const apart = clusteredEstimate([range(0), range(100)], median, options)
  assert.ok(alike.low <= alike.median && alike.median <= alike.high)
  assert.ok(alike.high - alike.low < 1, `${alike.low} to ${alike.high}`)
  assert.ok(apart.low < 1 && apart.high > 100, `${apart.low} to ${apart.high}`)
  assert.deepEqual(clusteredEstimate([[7]], median, options), { median: 7, low: 7, high: 7 })
  assert.equal(clusteredEstimate([[], []], median, options).median, Number.NaN)
})

test('unpaired: the ratio of the medians, with an interval that holds it and widens with either side', () => {
  assert.deepEqual(unpairedRatio([30], [10]), { median: 3, low: 3, high: 3 })
  const even = unpairedRatio([20, 20, 20], [8, 10, 12])
  assert.deepEqual([even.median, even.low, even.high], [2, 20 / 12, 20 / 8])
  const both = unpairedRatio([18, 20, 22], [8, 10, 12])
  assert.ok(both.low < even.low && both.high > even.high)
  for (const [values, others] of [
    [[], [1]],
    [[1], []],
  ] as const) {
    assert.deepEqual(unpairedRatio(values, others), { median: Number.NaN, low: Number.NaN, high: Number.NaN })
  }
})

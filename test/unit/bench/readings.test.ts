import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { busyPercent, parseMachineTicks } from '../../../bench/machine-load.ts'
import { type DelayBuckets, delayBetween } from '../../../bench/macro/loop-delays.ts'
import { parseStat } from '../../../bench/macro/process-usage.ts'
import { threadFigures } from '../../../bench/macro/thread-figures.ts'

test('machine: idle and waiting for disks are not busy; time of guests is not counted twice', () => {
  const before = parseMachineTicks('cpu  100 10 20 300 50 5 5 10 99 9\ncpu0 1 1 1 1 1 1 1 1 1 1\n')
  assert.deepEqual(before, { idle: 350, total: 500 })
  const after = parseMachineTicks('cpu  160 10 20 330 60 5 5 10 999 9\n')
  assert.equal(busyPercent(before, after), 60)
  assert.equal(busyPercent(before, before), 0)
})

test('a thread’s name may hold what ends it', () => {
  const times = '0 0 0 0 0 0 0 0 0 0'
  const line = `42 (a) b (c) S ${times} 7 5 0 0`
  assert.equal(parseStat(line).name, 'a) b (c')
  const ofOneTick = parseStat(`42 (x) S ${times} 1 0 0 0`).cpuUs
  assert.equal(parseStat(line).cpuUs, 12 * ofOneTick)
})

/** Readings one by one, as the relay's page would tell them. */
function buckets(delaysMs: readonly number[]): DelayBuckets {
  const boundsMs = [1, 2, 5, 10, Number.POSITIVE_INFINITY]
  return {
    boundsMs,
    counts: boundsMs.map((bound) => delaysMs.filter((delay) => delay <= bound).length),
    sumMs: delaysMs.reduce((sum, delay) => sum + delay, 0),
  }
}

test('loop delay: only what came between the readings counts', () => {
  const before = [9, 9, 9, 9]
  const during = [...Array.from({ length: 98 }, () => 0.5), 1.5, 4]
  assert.deepEqual(delayBetween(buckets(before), buckets([...before, ...during])), { p99Ms: 2, maxMs: 5 })
  assert.equal(delayBetween(buckets(before), buckets(before)), undefined)
  assert.deepEqual(delayBetween(undefined, buckets([4])), { p99Ms: 4.97, maxMs: 5 })
})

test('loop delay: neither is below what it stands for', () => {
  const delays = fc.array(fc.double({ min: 0, max: 60, noNaN: true }), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(delays, delays, (before, during) => {
      const found = delayBetween(buckets(before), buckets([...before, ...during]))
      assert.ok(found !== undefined)
      assert.ok(found.maxMs >= Math.max(...during) * (1 - 1e-9))
      assert.ok(found.p99Ms <= found.maxMs)
    }),
  )
})

test('threads: of one name together, the busiest first, the idle left out unless they tell of their loop', () => {
  const time = (id: string, name: string, cpuMs: number) => ({ id, name, cpuUs: cpuMs * 1000 })
  const from = {
    times: [time('1', 'MainThread', 100), time('2', 'network', 50), time('3', 'V8Worker', 10), time('5', 'idle', 1)],
    delays: new Map([['network', buckets([1])]]),
  }
  const to = {
    times: [
      ...[time('1', 'MainThread', 100), time('2', 'network', 950), time('3', 'V8Worker', 30)],
      ...[time('4', 'V8Worker', 40), time('5', 'idle', 1)],
    ],
    delays: new Map([
      ['network', buckets([1, 4])],
      ['main', buckets([0.5])],
    ]),
  }
  assert.deepEqual(threadFigures(from, to), [
    { name: 'network', cpuMs: 900, loopDelayP99Ms: 4.97, loopDelayMaxMs: 5 },
    { name: 'V8Worker', cpuMs: 60 },
    { name: 'main', cpuMs: 0, loopDelayP99Ms: 0.99, loopDelayMaxMs: 1 },
  ])
})

test('threads: a program’s name without the hash of its build', () => {
  const names = ['go-relay-64c515', 'rust-relay-4e75', 'tokio-rt-worker', 'libuv-worker', 'futures-timer']
  const times = names.map((name, index) => ({ id: String(index), name, cpuUs: 9000 - index * 1000 }))
  const figures = threadFigures({ times: [], delays: new Map() }, { times, delays: new Map() })
  assert.deepEqual(
    figures.map(({ name }) => name),
    ['go-relay', 'rust-relay', 'tokio-rt-worker', 'libuv-worker', 'futures-timer'],
  )
})

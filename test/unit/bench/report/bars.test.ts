import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BARS, judge } from '../../../../bench/report/bars.ts'
import { readBar } from '../../../../bench/report/bars-section.ts'
import { chooseResults, type ResultFiles } from '../../../../bench/report/results.ts'
import type { BenchRun, ClassFigures, Variant } from '../../../../bench/run-record.ts'
import { madeClass, madeRun } from '../made-run.ts'
import { madeResult } from './made-result.ts'

const variant = (relay: Variant['relay'], setting?: string): Variant => ({
  ...{ relay, transport: 'tcp', validation: 'none' },
  ...(setting !== undefined && { setting }),
})

/** One run of each variant in each of three rounds. */
function rounds(of: (round: number) => readonly Partial<BenchRun>[]): readonly BenchRun[] {
  return [0, 1, 2].flatMap((round) => of(round).map((changes) => madeRun({ ...changes, round })))
}

function reading(bench: string, runs: readonly BenchRun[], about: string, transport: Variant['transport'] = 'tcp') {
  const bar = BARS.find((one) => one.bench === bench && one.transport === transport && one.measure.includes(about))
  assert.ok(bar, `there is a bar of ${bench} about ${about}`)
  return readBar(bar, chooseResults({ [`2026-01-02-${bench}.json`]: madeResult(bench, runs) }))
}

const p99 = (name: string, p99Ms: number): readonly ClassFigures[] => [madeClass({ name, p99Ms })]

describe('the bars', () => {
  it('hold the numbers that were agreed', () => {
    const limits = BARS.map(({ bench, transport, wanted, limit, unit }) =>
      [bench, transport, wanted, limit, unit].join(' '),
    )
    assert.deepEqual(limits, [
      'chain tcp at most 0.7 times',
      'chain quic at most 1.3 times',
      'chain tcp at most 1 times',
      'chain quic at most 2 times',
      'chain tcp at most 1 times',
      'chain quic at most 1 times',
      'chain tcp at most 1.1 times',
      'chain quic at most 1.1 times',
      'chain-apart tcp at most 1 times',
      'chain-apart quic at most 1 times',
      'chain-apart tcp at most 1.1 times',
      'chain-apart quic at most 1.1 times',
      'fan tcp at most 1 times',
      'fan quic at most 1 times',
      'fan tcp at most 1.1 times',
      'fan quic at most 1.1 times',
      'fan-warm tcp at most 1 times',
      'fan-warm quic at most 1 times',
      'fan-warm tcp at most 1.1 times',
      'fan-warm quic at most 1.1 times',
      'saturate tcp at least 1 times',
      'saturate quic at least 1 times',
      'fan tcp at most 1.1 times',
      'fan quic at most 1.1 times',
      'api tcp at most 1.2 times',
      'api quic at most 1.2 times',
      'soak tcp at most 400 MB',
      'soak quic at most 400 MB',
      'soak tcp at most 5 %',
      'soak quic at most 5 %',
      'growth tcp at most 1 power',
      'growth quic at most 1 power',
      'validation tcp at most 50 µs',
      'validation tcp at most 1 ms',
      'validation tcp at most 20 ms',
      'geo tcp at least 0 ms',
      'geo tcp at least 0 ms',
      'geo tcp at least 0 ms',
    ])
  })

  it('compare cost with the better of the others within each round', () => {
    const runs = rounds((round) =>
      [
        { variant: variant('starling'), cpuUsPerDelivery: 20 * (round + 1) },
        { variant: variant('go'), cpuUsPerDelivery: 16 * (round + 1) },
        { variant: variant('rust'), cpuUsPerDelivery: 25 * (round + 1) },
      ].map((run) => ({ ...run, case: '240 B at 2000/s' })),
    )
    const found = reading('chain', runs, 'CPU')
    assert.equal(found?.median, 1.25)
    assert.equal(found?.rounds, 3)
    assert.equal(found?.note, 'go-libp2p')
    assert.equal(reading('chain', runs, 'CPU', 'quic'), undefined)
  })

  it('compare blocks with the better of the others, cost, median and tail each for itself', () => {
    const runs = rounds(() =>
      [
        { variant: variant('starling'), cpuUsPerDelivery: 300, p50Ms: 3, p99Ms: 6 },
        { variant: variant('go'), cpuUsPerDelivery: 200, p50Ms: 2, p99Ms: 12 },
        { variant: variant('rust'), cpuUsPerDelivery: 250, p50Ms: 4, p99Ms: 5 },
      ].map(({ p50Ms, p99Ms: tailMs, ...run }) => ({
        ...run,
        case: '120 kB at 40/s',
        classes: [madeClass({ name: '120 kB', p50Ms, p99Ms: tailMs })],
      })),
    )
    const found = ['CPU a delivered 120 kB', 'p50 of 120 kB', 'p99 of 120 kB'].map((about) => {
      const { median, note } = reading('chain', runs, about) ?? {}
      return [median, note]
    })
    assert.deepEqual(found, [
      [1.5, 'go-libp2p'],
      [1.5, 'go-libp2p'],
      [1.2, 'rust-libp2p'],
    ])
  })

  it('read blocks with the load generator apart from runs of their own', () => {
    const at = (p50Ms: number): readonly BenchRun[] =>
      rounds(() =>
        [
          { variant: variant('starling'), p50Ms },
          { variant: variant('go'), p50Ms: 2 },
        ].map(({ p50Ms: middle, ...run }) => ({
          ...run,
          case: '120 kB at 40/s',
          classes: [madeClass({ name: '120 kB', p50Ms: middle })],
        })),
      )
    const apart = { '2026-01-02-chain-apart.json': madeResult('chain', at(1)) }
    const both = { '2026-01-02-chain.json': madeResult('chain', at(3)), ...apart }
    const found = (files: ResultFiles): readonly (number | undefined)[] =>
      ['p50 of 120 kB messages at 40/s × 8, beside', 'p50 of 120 kB messages at 40/s × 8, the load'].map((start) => {
        const bar = BARS.find(({ measure, transport }) => measure.startsWith(start) && transport === 'tcp')
        return bar === undefined ? undefined : readBar(bar, chooseResults(files))?.median
      })
    assert.deepEqual(found(both), [1.5, 0.5])
    assert.deepEqual(found(apart), [undefined, 0.5])
  })

  it('say so when only one of the others was there', () => {
    const runs = rounds(() => [
      { case: '240 B at 2000/s', variant: variant('starling'), cpuUsPerDelivery: 20 },
      { case: '240 B at 2000/s', variant: variant('go'), cpuUsPerDelivery: 25 },
    ])
    assert.equal(reading('chain', runs, 'CPU')?.note, 'go-libp2p, the only other')
  })

  it('do not take cost with validation for cost without', () => {
    const runs = rounds(() => [
      { case: '240 B at 2000/s', variant: { ...variant('starling'), validation: 'blind' } },
      { case: '240 B at 2000/s', variant: variant('go') },
    ])
    assert.equal(reading('chain', runs, 'CPU'), undefined)
  })

  it('take the higher rate for the better one', () => {
    const rate = (relay: Variant['relay'], sustainedPerSecond: number): Partial<BenchRun> => ({
      variant: variant(relay),
      more: { sustainedPerSecond },
    })
    const runs = rounds(() => [rate('starling', 6_000), rate('go', 8_000), rate('rust', 5_000)])
    assert.equal(reading('saturate', runs, 'sustained')?.median, 0.75)
  })

  it('compare blocks in the worse burst with Go, and count its crowded runs', () => {
    const runs = rounds((round) => [
      { case: 'burst x2', variant: variant('starling'), classes: p99('block', 9), isCrowded: true },
      { case: 'burst x2', variant: variant('go'), classes: p99('block', 10) },
      { case: 'burst x4', variant: variant('starling'), classes: p99('block', 11), isCrowded: round === 0 },
      { case: 'burst x4', variant: variant('go'), classes: p99('block', 10) },
      { case: 'burst x4', variant: variant('rust'), classes: p99('block', 1) },
    ])
    const found = reading('fan', runs, 'burst, beside Go')
    assert.equal(found?.median, 1.1)
    assert.equal(found?.crowdedRuns, 1)
  })

  it('compare polling with quiet by the class that suffers most', () => {
    const both = (small: number, large: number): readonly ClassFigures[] => [
      ...p99('240 B', small),
      ...p99('120 kB', large),
    ]
    const runs = rounds(() => [
      { variant: variant('starling', 'api quiet'), classes: both(2, 10) },
      { variant: variant('starling', 'api 50/s'), classes: both(20, 100) },
      { variant: variant('starling', 'api 2000/s'), classes: both(3, 11) },
    ])
    const found = reading('api', runs, 'polled')
    assert.equal(found?.median, 1.5)
    assert.equal(found?.note, '240 B, the worst class')
  })

  it('take memory of the mix among fifty peers over half an hour and of nothing less', () => {
    const more = { peers: 50, warmupSeconds: 600, slopeMbPerMinute: 0.5 }
    const soak = { case: 'mix x1, 50 peers', windowSeconds: 1_800, rssMb: 200, peakRssMb: 250, more }
    const full = [madeRun(soak)]
    assert.equal(reading('soak', full, 'largest')?.median, 250)
    assert.equal(reading('soak', full, 'rise')?.median, 5, '20 min of 0.5 MB on 200 MB')
    for (const changes of [{ windowSeconds: 1_000 }, { case: '500 x 240 B/s' }, { more: { ...more, peers: 9 } }]) {
      assert.equal(reading('soak', [madeRun({ ...soak, ...changes })], 'largest'), undefined)
    }
  })

  it('fit the growth of cost within each round', () => {
    const runs = rounds((round) =>
      [10, 20, 40].map((peers) => ({
        case: `${peers} peers`,
        variant: variant('starling'),
        cpuUsPerDelivery: (round + 1) * Math.sqrt(peers),
      })),
    )
    const found = reading('growth', runs, 'growth')
    assert.ok(Math.abs((found?.median ?? 0) - 0.5) < 1e-9)
    assert.equal(found?.note, '10 to 40 peers')
  })

  it('take what validation adds to the network thread within each round', () => {
    const at = (validation: Variant['validation'], cpuMs: number): Partial<BenchRun> => ({
      case: '240 B at 1000/s',
      variant: { ...variant('starling'), validation },
      classes: [madeClass({ published: 1_000 })],
      threads: [
        { name: 'network', cpuMs },
        { name: 'main', cpuMs: 9_999 },
      ],
    })
    const runs = rounds((round) => [
      at('none', 100 * (round + 1)),
      at('blind', 100 * (round + 1) + 20),
      at('default', 900),
    ])
    const small = reading('validation', runs, '240 B')
    assert.equal(small?.median, 20)
    assert.equal(small?.note, '1.10 (1.07–1.20) × of nothing validated')
    assert.equal(reading('validation', runs, '120 kB'), undefined)
    const blocks = runs.map((run) => ({ ...run, case: '120 kB at 6/s' }))
    assert.equal(reading('validation', blocks, '120 kB')?.median, 0.02)
  })

  it('take the place in which a load is least early, block by block', () => {
    const at = (caseName: string, load: number, relayMs: readonly number[]): Partial<BenchRun> => ({
      ...{ case: caseName, variant: variant('starling', `load ${load}, RTT to 150 ms`) },
      pairs: [{ from: 'Tokyo', relayMs, otherMs: [200, 200, 200, 200] }],
    })
    const runs = rounds(() => [
      at('relay in Frankfurt', 5, [190, 190, 190, 210]),
      at('relay in Virginia', 5, [150, 150, 150, 150]),
      at('relay in Frankfurt', 20, [100, 100, 100, 100]),
    ])
    const found = reading('geo', runs, 'load 5')
    assert.equal(found?.median, 10)
    assert.equal(found?.rounds, 3)
    assert.equal(found?.note, 'relay in Frankfurt; earlier with 75.0 % of the blocks')
    assert.equal(reading('geo', runs, 'load 20')?.median, 100)
    assert.equal(reading('geo', runs, 'load 10'), undefined)
  })

  it('take the event loop of the network thread from runs in which it verifies', () => {
    const runs = rounds((round) =>
      (['none', 'default'] as const).map((validation) => ({
        case: 'more changes than can be verified',
        variant: { ...variant('starling'), validation },
        threads: [{ name: 'network', cpuMs: 1, loopDelayP99Ms: validation === 'none' ? 99 : 10 + round }],
        more: { verifiedPerSecond: 1_000 },
      })),
    )
    const found = reading('validation', runs, 'event loop')
    assert.equal(found?.median, 11)
    assert.equal(found?.note, '1000 verified a second')
  })
})

describe('judge', () => {
  const atMost = { wanted: 'at most', limit: 1 } as const
  const estimate = (median: number, low: number, high: number) => ({ median, low, high })

  it('tells met from not met, and says when the interval holds the bar', () => {
    assert.equal(judge(atMost, estimate(0.9, 0.8, 1)), 'met')
    assert.equal(judge(atMost, estimate(0.9, 0.8, 1.1)), 'met, with doubt')
    assert.equal(judge(atMost, estimate(1.1, 0.9, 1.2)), 'not met, with doubt')
    assert.equal(judge(atMost, estimate(1.1, 1.01, 1.2)), 'not met')
  })

  it('turns round for what is to be high', () => {
    const atLeast = { wanted: 'at least', limit: 1 } as const
    assert.equal(judge(atLeast, estimate(1.1, 1, 1.2)), 'met')
    assert.equal(judge(atLeast, estimate(0.9, 0.8, 0.99)), 'not met')
  })

  it('leaves open what was not measured', () => {
    assert.equal(judge(atMost, undefined), 'open')
    assert.equal(judge(atMost, estimate(Number.NaN, Number.NaN, Number.NaN)), 'open')
  })
})

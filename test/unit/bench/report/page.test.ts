import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { performancePage } from '../../../../bench/report/page.ts'
import { chooseResults } from '../../../../bench/report/results.ts'
import type { BenchRun, ClassFigures, Variant } from '../../../../bench/run-record.ts'
import { svgFaults } from '../../../support/svg-faults.ts'
import { GO, madeRun, STARLING } from '../made-run.ts'
import { madeResult } from './made-result.ts'

const BENCH_NAMES = ['chain', 'floor', 'fan', 'growth', 'saturate', 'api', 'soak', 'validation', 'geo']

/** As it is after a round through a file. */
const filed = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

function pageOf(files: Readonly<Record<string, unknown>>) {
  return performancePage(chooseResults(files))
}

describe('the page of results', () => {
  it('takes the newest file of each name and leaves the others', () => {
    const { markdown } = pageOf({
      '2026-01-02-chain.json': madeResult('chain', [madeRun({ case: 'the old case' })]),
      '2026-01-03-chain.json': madeResult('chain', [madeRun({ case: 'the new case' })]),
      '2026-01-02-chain-blind.json': madeResult('chain', [madeRun({ case: 'another case' })]),
    })
    assert.match(markdown, /the new case/)
    assert.match(markdown, /another case/)
    assert.doesNotMatch(markdown, /the old case/)
  })

  it('shows medians with intervals, ratios and what was crowded', () => {
    const run = (variant: Variant, round: number, cpuUsPerDelivery: number): BenchRun =>
      madeRun({ variant, round, cpuUsPerDelivery, isCrowded: round === 0 && variant === GO })
    const runs = [20, 22, 30].flatMap((cost, round) => [run(STARLING, round, cost), run(GO, round, 10)])
    const { markdown, drawings } = pageOf({ '2026-01-02-chain.json': madeResult('chain', runs) })
    assert.match(markdown, /Starling TCP \| 3 \| 22\.0 \(20\.0–30\.0\)/)
    assert.match(markdown, /go-libp2p TCP \| 3, 1 crowded \| 10\.0/)
    assert.match(markdown, /CPU a delivery \| 2\.20 \(2\.00–3\.00\) \| –/)
    assert.ok(drawings.has('chain-cpu.svg'))
  })

  it('counts bars that are met from the figures', () => {
    const runs = [
      madeRun({ case: '240 B at 2000/s', variant: STARLING, cpuUsPerDelivery: 10 }),
      madeRun({ case: '240 B at 2000/s', variant: GO, cpuUsPerDelivery: 20 }),
    ]
    const { markdown } = pageOf({ '2026-01-02-chain.json': madeResult('chain', runs) })
    assert.match(markdown, /Of 38 bars 1 is met, 0 are not, 37 have not been measured\./)
  })

  it('shows how much earlier blocks come, and from where', () => {
    const variant = { ...STARLING, setting: 'load 5, RTT to 150 ms' }
    const pairs = [
      { from: 'Tokyo', relayMs: [100, 110], otherMs: [130, 100] },
      { from: 'London', relayMs: [10, 20], otherMs: [40, Number.NaN] },
    ]
    const more = {
      ...{ defaultP50Ms: 99, dueEarlierMs: 7.5, relayTookMs: 3.75, defaultTookMs: 2.25 },
      ...{ firstSenderRttMs: 11, meshRttMs: 16, mesh: 12, defaultMesh: 10 },
    }
    const runs = [
      madeRun({ case: 'relay in Frankfurt', variant, pairs, more }),
      madeRun({ case: 'relay in Frankfurt', variant, pairs, round: 1, more: { ...more, dueEarlierMs: 5.5 } }),
      madeRun({ case: 'relay in Virginia', variant: { ...variant, setting: 'load 10, RTT to 150 ms' }, pairs, more }),
    ]
    const { markdown, drawings } = pageOf({ '2026-01-02-geo.json': filed(madeResult('geo', runs)) })
    const header =
      /\| networks \| .* \| due earlier, ms \| took, ms \| default node took, ms \| .* \| mesh RTT ms \| mesh \|/
    assert.match(markdown, header)
    assert.match(
      markdown,
      /relay in Frankfurt \| .* \| 99\.0 \| 6\.50 \(5\.50–7\.50\) \| 3\.75 \| 2\.25 \| 11\.0 \| 16\.0 \| 12\.0 \| 10\.0/,
    )
    assert.match(markdown, /relay in Frankfurt \| load 5, RTT to 150 ms \| 2 \| 6 \| 30\.0 \(-10\.0–30\.0\) \| 66\.7/)
    assert.match(markdown, /relay in Frankfurt \| Tokyo \| 10\.0 \(-10\.0–30\.0\)/)
    assert.match(drawings.get('geo-levels.svg') ?? '', /load 10, RTT to 150 ms/)
    for (const drawing of ['geo-levels.svg', 'geo-origins.svg', 'geo-leads.svg']) {
      assert.deepEqual(svgFaults(drawings.get(drawing) ?? ''), [], drawing)
    }
  })

  it('names files that it cannot read', () => {
    assert.match(
      pageOf({ '2026-01-02-chain.json': { bench: 'chain', results: [] } }).markdown,
      /2026-01-02-chain\.json/,
    )
  })

  it('is the same for the same results, whatever the order of files', () => {
    const files = BENCH_NAMES.map((name) => [`2026-01-02-${name}.json`, madeResult(name, [madeRun()])] as const)
    const [one, other] = [files, files.toReversed()].map((list) => pageOf(Object.fromEntries(list)))
    assert.deepEqual(one, other)
  })

  it('survives whatever valid results there are: one round, no rust, no Starling, no figures', () => {
    const files = fc.dictionary(
      fc.constantFrom(...BENCH_NAMES, 'chain-blind', 'unheard-of'),
      fc.array(anyRun(), { maxLength: 8 }),
    )
    fc.assert(
      fc.property(files, (runsByBench) => {
        const named = Object.entries(runsByBench).map(([name, runs]) => [
          `2026-01-02-${name}.json`,
          filed(madeResult(name, runs)),
        ])
        const { markdown, drawings } = pageOf(Object.fromEntries(named))
        assert.doesNotMatch(markdown, /NaN|undefined|Infinity|\[object/)
        for (const line of markdown.split('\n').filter((text) => text.startsWith('|'))) assert.match(line, /\|$/)
        for (const [file, svg] of drawings) assert.deepEqual(svgFaults(svg), [], file)
        for (const [, file = ''] of markdown.matchAll(/\(performance\/([^)]+)\)/g)) assert.ok(drawings.has(file), file)
      }),
      { numRuns: 30, endOnFailure: true },
    )
  })
})

function anyRun(): fc.Arbitrary<BenchRun> {
  const figure = fc.oneof(
    fc.integer({ min: 0, max: 1_000_000 }).map((value) => value / 100),
    fc.constantFrom(0, 1, Number.NaN),
  )
  const className = fc.constantFrom('240 B', 'block', 'attestation', 'a | b <i>')
  const classes: fc.Arbitrary<ClassFigures> = fc.record({
    name: className,
    ...{ published: figure, expected: figure, delivered: figure, duplicates: figure, wireBytes: figure },
    ...{ p50Ms: figure, p90Ms: figure, p99Ms: figure, maxMs: figure },
  })
  const variant: fc.Arbitrary<Variant> = fc.record(
    {
      relay: fc.constantFrom('starling', 'go', 'rust'),
      transport: fc.constantFrom('tcp', 'quic'),
      validation: fc.constantFrom('none', 'blind', 'default'),
      setting: fc.constantFrom('api quiet', 'api 2000/s', 'load 5, any RTT'),
    },
    { requiredKeys: ['relay', 'transport', 'validation'] },
  )
  const thread = fc.record(
    { name: fc.constantFrom('main', 'network'), cpuMs: figure, loopDelayP99Ms: figure, loopDelayMaxMs: figure },
    { requiredKeys: ['name', 'cpuMs'] },
  )
  const arrivals = fc.record({ from: className, relayMs: fc.array(figure), otherMs: fc.array(figure) })
  const moreNames = fc.constantFrom('sustainedPerSecond', 'peers', 'slopeMbPerMinute', 'rssMbAt10s')
  return fc.record(
    {
      case: fc.constantFrom('240 B at 2000/s', 'mix x1', 'mix x2', 'burst', '10 peers', '64 peers', '|'),
      variant,
      round: fc.nat(3),
      at: fc.constant('2026-01-02T03:04:05.000Z'),
      windowSeconds: figure,
      machineBusyPercent: figure,
      isCrowded: fc.boolean(),
      ...{
        generatorLagMs: figure,
        cpuUsPerDelivery: figure,
        deliveredPerSecond: figure,
        rssMb: figure,
        peakRssMb: figure,
      },
      classes: fc.uniqueArray(classes, { selector: ({ name }) => name, maxLength: 4 }),
      threads: fc.array(thread, { maxLength: 3 }),
      more: fc.dictionary(moreNames, figure, { maxKeys: 3 }),
      pairs: fc.array(arrivals, { maxLength: 3 }),
    },
    {
      requiredKeys: [
        'case',
        'variant',
        'round',
        'at',
        'windowSeconds',
        'machineBusyPercent',
        'isCrowded',
        'generatorLagMs',
        'cpuUsPerDelivery',
        'deliveredPerSecond',
        'rssMb',
        'peakRssMb',
        'classes',
        'threads',
      ],
    },
  )
}

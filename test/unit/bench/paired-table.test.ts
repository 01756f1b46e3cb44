import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatEstimate, medianTable, ratioTable } from '../../../bench/paired-table.ts'
import { betterPeer, lossPercent, runLossPercent } from '../../../bench/run-figures.ts'
import { GO, madeClass, madeRun, RUST, STARLING } from './made-run.ts'

const COSTS = new Map([
  [STARLING, [20, 22, 24]],
  [GO, [25, 20, 30]],
  [RUST, [20, 44, 48]],
])
const RUNS = [...COSTS].flatMap(([variant, costs]) =>
  costs.map((cpuUsPerDelivery, round) => madeRun({ variant, round, cpuUsPerDelivery, isCrowded: round === 1 })),
)

test('loss: of what was expected; nothing expected is nothing lost', () => {
  assert.equal(lossPercent({ expected: 800, delivered: 798 }), 0.25)
  assert.equal(lossPercent({ expected: 0, delivered: 0 }), 0)
  const classes = [madeClass({ expected: 100, delivered: 90 }), madeClass({ expected: 300, delivered: 300 })]
  assert.equal(runLossPercent(madeRun({ classes })), 2.5)
})

test('the better of the others: least CPU by median, in the same case on the same transport', () => {
  const elsewhere = [
    madeRun({ variant: RUST, case: 'other', cpuUsPerDelivery: 1 }),
    madeRun({ variant: { ...RUST, transport: 'quic' }, cpuUsPerDelivery: 1 }),
  ]
  const runs = [...RUNS, ...elsewhere]
  assert.deepEqual(betterPeer(runs, '240 B at 500/s', 'tcp'), GO)
  assert.deepEqual(betterPeer(runs, 'other', 'tcp'), RUST)
  assert.deepEqual(betterPeer(runs, '240 B at 500/s', 'quic'), { ...RUST, transport: 'quic' })
  assert.equal(betterPeer(runs, 'other', 'quic'), undefined)
})

test('medians: a row a variant with runs, crowded ones and intervals', () => {
  const [header = '', , ...rows] = medianTable(RUNS).trimEnd().split('\n')
  assert.match(header, /^case +runs +crowded +CPU us\/delivery +p50 ms +p99 ms +loss % +RSS MB$/)
  assert.equal(rows.length, 3)
  assert.match(rows[0] ?? '', /^240 B at 500\/s {2}starling tcp +3 +1 +22\.0 \[20\.0, 24\.0\] +1\.00 +3\.00 +0 +100$/)
})

test('ratios: Starling to the better of the others, round by round', () => {
  const rows = ratioTable(RUNS).trimEnd().split('\n').slice(2)
  assert.equal(rows.length, 1)
  assert.match(
    rows[0] ?? '',
    /^240 B at 500\/s {2}starling tcp \/ go +3 +0\.800 \[0\.800, 1\.10\] +1\.00 +1\.00 +1\.00$/,
  )
  assert.equal(ratioTable(RUNS.filter(({ variant }) => variant.relay === 'starling')), '')
})

test('an estimate: three digits, and the interval where there is one', () => {
  assert.equal(formatEstimate({ median: 1234.5, low: 999.6, high: 2000 }), '1235 [1000, 2000]')
  assert.equal(formatEstimate({ median: 0.01234, low: 0.01234, high: 0.01234 }), '0.012')
  assert.equal(formatEstimate({ median: 0, low: 0, high: 0.25 }), '0 [0, 0.250]')
})

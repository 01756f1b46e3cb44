import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type RoundsOptions, runRounds } from '../../../bench/rounds.ts'
import type { BenchRun } from '../../../bench/run-record.ts'
import { GO, madeClass, madeRun, RUST, STARLING } from './made-run.ts'

interface Recorded {
  readonly order: string[]
  readonly lines: string[]
  readonly options: RoundsOptions
}

/** Rounds whose every run succeeds and is noted, with nothing written to stdout. */
function recorded(changes: Partial<RoundsOptions> = {}): Recorded {
  const order: string[] = []
  const lines: string[] = []
  const measure: RoundsOptions['measure'] = async (caseName, variant, round) => {
    order.push(`${round} ${caseName} ${variant.relay}`)
    return madeRun({ case: caseName, variant, round })
  }
  const report = (line: string): void => void lines.push(line)
  const variants = [STARLING, GO, RUST]
  return { order, lines, options: { cases: ['a', 'b'], variants, rounds: 3, measure, report, pauseMs: 0, ...changes } }
}

test('within a round all variants of a case run one after the other, and the order turns from round to round', async () => {
  const { order, options } = recorded()
  const runs = await runRounds(options)
  assert.deepEqual(order, [
    ...['0 a starling', '0 a go', '0 a rust', '0 b starling', '0 b go', '0 b rust'],
    ...['1 a go', '1 a rust', '1 a starling', '1 b go', '1 b rust', '1 b starling'],
    ...['2 a rust', '2 a starling', '2 a go', '2 b rust', '2 b starling', '2 b go'],
  ])
  assert.deepEqual(
    runs.map((run) => `${run.round} ${run.case} ${run.variant.relay}`),
    order,
  )
})

test('each variant is first, second and last equally often', async () => {
  const { order, options } = recorded({ cases: ['a'], rounds: 6 })
  await runRounds(options)
  for (const place of [0, 1, 2]) {
    const there = order.filter((_, index) => index % 3 === place).map((line) => line.split(' ')[2])
    assert.deepEqual(there.sort(), ['go', 'go', 'rust', 'rust', 'starling', 'starling'])
  }
})

test('what cannot be measured is left out, and the order of the rest still turns', async () => {
  const skips: RoundsOptions['skips'] = (caseName, { relay }) => caseName === 'a' && relay === 'go'
  const { order, options } = recorded({ rounds: 2, skips })
  await runRounds(options)
  assert.deepEqual(order, [
    ...['0 a starling', '0 a rust', '0 b starling', '0 b go', '0 b rust'],
    ...['1 a rust', '1 a starling', '1 b go', '1 b rust', '1 b starling'],
  ])
})

test('a line of progress a run, which says when the machine was crowded', async () => {
  const { lines, options } = recorded({
    cases: ['a'],
    rounds: 1,
    measure: async (caseName, variant, round) =>
      madeRun({ case: caseName, variant, round, isCrowded: variant.relay === 'go' }),
  })
  await runRounds(options)
  assert.equal(lines.length, 3)
  assert.deepEqual(
    lines.map((line) => line.includes('CROWDED')),
    [false, true, false],
  )
})

test('a run that fails is measured once more, in its place', async () => {
  let failures = 1
  const { order, lines, options } = recorded({ cases: ['a'], rounds: 1 })
  const measure: RoundsOptions['measure'] = (caseName, variant, round) => {
    if (variant.relay === 'go' && failures-- > 0) throw new Error('no mesh')
    return options.measure(caseName, variant, round)
  }
  const runs = await runRounds({ ...options, measure })
  assert.deepEqual(order, ['0 a starling', '0 a go', '0 a rust'])
  assert.equal(runs.length, 3)
  assert.ok(lines.some((line) => line.includes('go tcp failed, once more: no mesh')))
})

test('a run that fails twice ends them all with its error; whole rounds before it were handed over', async () => {
  const handed: (readonly BenchRun[])[] = []
  let attempts = 0
  const { options } = recorded({ cases: ['a'], rounds: 3, onRound: (runs) => void handed.push([...runs]) })
  const measure: RoundsOptions['measure'] = (caseName, variant, round) => {
    if (round < 2 || variant.relay !== 'go') return options.measure(caseName, variant, round)
    attempts++
    return Promise.reject(new Error(`no mesh ${attempts}`))
  }
  await assert.rejects(runRounds({ ...options, measure }), { message: 'no mesh 2' })
  assert.deepEqual(
    handed.map((runs) => runs.length),
    [3, 6],
  )
})

test('a line has no latency where none was measured', async () => {
  const classes = [madeClass({ name: 'timed' }), madeClass({ name: 'untimed', p50Ms: Number.NaN, p99Ms: Number.NaN })]
  const measure: RoundsOptions['measure'] = async () => madeRun({ classes })
  const { lines, options } = recorded({ cases: ['a'], variants: [STARLING], rounds: 1, measure })
  await runRounds(options)
  assert.match(lines.join(), /timed p50 1 p99 3 ms, machine/)
  assert.doesNotMatch(lines.join(), /untimed/)
})

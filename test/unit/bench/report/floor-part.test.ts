import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { floorPart } from '../../../../bench/report/floor-part.ts'
import { chooseResults } from '../../../../bench/report/results.ts'
import type { BenchRun, Variant } from '../../../../bench/run-record.ts'
import { madeRun } from '../made-run.ts'
import { madeResult } from './made-result.ts'

const CASE = '120 kB at 40/s'

function run(relay: Variant['relay'], cpuUsPerDelivery: number, changes: Partial<Variant> = {}): BenchRun {
  const variant: Variant = { relay, transport: 'quic', validation: 'none', ...changes }
  return madeRun({ case: CASE, variant, cpuUsPerDelivery })
}

function floor(cpuUsPerDelivery: number): BenchRun {
  const more = { sendUsPerDelivery: cpuUsPerDelivery - 10, receiveUsPerMessage: 80 }
  return { ...run('starling', cpuUsPerDelivery, { setting: 'floor' }), more }
}

function rowsOf(floorRuns: readonly BenchRun[], chain: readonly BenchRun[] | undefined): readonly string[] {
  const files = chain === undefined ? {} : { '2026-01-02-chain.json': madeResult('chain', chain) }
  return floorPart(floorRuns, 'floor', chooseResults(files)).lines
}

describe('the floor in the report', () => {
  it('stands beside Starling and the cheaper of the others, of the same case and transport, without validation', () => {
    const chain = [
      ...[run('starling', 500), run('starling', 5_000, { validation: 'blind' }), run('go', 400), run('rust', 300)],
      ...[run('rust', 1, { transport: 'tcp' }), { ...run('rust', 2), case: '240 B at 2000/s' }],
    ]
    const lines = rowsOf([floor(250)], chain)
    assert.ok(
      lines.includes(`| ${CASE} | QUIC | 250 | 240 | 80.0 | 500 | 2.00 | 300, rust-libp2p | 1.20 |`),
      lines.join('\n'),
    )
    assert.ok(lines.some((line) => line.includes('2026-01-02-chain.json')))
  })

  it('shows what there is without them', () => {
    for (const chain of [undefined, [], [run('starling', 5_000, { validation: 'blind' })]]) {
      assert.ok(rowsOf([floor(250)], chain).includes(`| ${CASE} | QUIC | 250 | 240 | 80.0 | – | – | – | – |`))
    }
    assert.ok(rowsOf([floor(250)], undefined).some((line) => line.startsWith('There are no results of `chain`')))
  })
})

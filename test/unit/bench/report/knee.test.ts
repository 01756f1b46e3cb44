import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { kneeOf, mixCases } from '../../../../bench/report/knee.ts'
import type { BenchRun } from '../../../../bench/run-record.ts'
import { GO, madeClass, madeRun, STARLING } from '../made-run.ts'

function mix(multiple: number, p99Ms: number, lost = 0): BenchRun {
  const block = madeClass({ name: 'block', p99Ms })
  const attestation = madeClass({ name: 'attestation', expected: 10_000, delivered: 10_000 - lost })
  return madeRun({ case: `mix x${multiple}`, classes: [block, attestation] })
}

describe('kneeOf', () => {
  it('is the last multiple before blocks are four times as late as at the first', () => {
    const runs = [mix(1, 10), mix(2, 20), mix(4, 39), mix(8, 41), mix(16, 12)]
    assert.deepEqual(kneeOf(runs, STARLING), { caseName: 'mix x4', isLast: false })
  })

  it('is the last multiple before one delivery of a thousand is lost', () => {
    assert.deepEqual(kneeOf([mix(1, 10, 5), mix(2, 10, 20)], STARLING), { caseName: 'mix x1', isLast: false })
  })

  it('is the highest that was measured when that was within the bounds, and says so', () => {
    assert.deepEqual(kneeOf([mix(4, 10), mix(1, 10)], STARLING), { caseName: 'mix x4', isLast: true })
  })

  it('is nowhere when the first multiple lost messages, or the relay did not run', () => {
    assert.equal(kneeOf([mix(1, 10, 200), mix(2, 10)], STARLING), undefined)
    assert.equal(kneeOf([mix(1, 10)], GO), undefined)
  })

  it('orders the mix by its multiples and leaves bursts out', () => {
    const runs = [mix(16, 1), mix(2, 1), mix(0.5, 1), madeRun({ case: 'burst x4' })]
    assert.deepEqual(mixCases(runs), ['mix x0.5', 'mix x2', 'mix x16'])
  })
})

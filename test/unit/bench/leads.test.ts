import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { leadsMs, medianLeadMs, origins, percentEarlier } from '../../../bench/leads.ts'
import { madeRun } from './made-run.ts'

const run = madeRun({
  pairs: [
    { from: 'Tokyo', relayMs: [100, 120, Number.NaN], otherMs: [130, 110, 90] },
    { from: 'London', relayMs: [20, 30], otherMs: [25, Number.NaN] },
  ],
})

describe('leads', () => {
  it('are of the blocks that both had, positive where the relay was first', () => {
    assert.deepEqual(leadsMs(run), [30, -10, 5])
    assert.deepEqual(leadsMs(run, 'London'), [5])
    assert.deepEqual(leadsMs(run, 'Sydney'), [])
    assert.deepEqual(leadsMs(madeRun()), [])
  })

  it('are summed up over runs, with an interval around the median', () => {
    const found = medianLeadMs([run, madeRun(), run])
    assert.equal(found.median, 5)
    assert.ok(found.low >= -10 && found.low <= 5 && found.high >= 5 && found.high <= 30)
    assert.equal(percentEarlier([run]).median, 200 / 3)
    assert.equal(medianLeadMs([madeRun()]).median, Number.NaN)
  })

  it('come from each place once, in the order of the runs', () => {
    assert.deepEqual(origins([run, run]), ['Tokyo', 'London'])
  })
})

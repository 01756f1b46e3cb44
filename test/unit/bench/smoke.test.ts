import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { pairedFlags } from '../../../bench/macro/flags.ts'
import { requireNoLoss } from '../../../bench/smoke.ts'
import { madeClass, madeRun } from './made-run.ts'

const DEFAULTS = { seconds: 20, warmupSeconds: 5 }

describe('--smoke', () => {
  it('asks for one short round of Starling and Go and writes nothing', () => {
    const { relays, rounds, seconds, warmupSeconds, resultSuffix, isSmoke } = pairedFlags(['--smoke'], DEFAULTS)
    assert.deepEqual(
      { relays, rounds, seconds, warmupSeconds, resultSuffix, isSmoke },
      {
        ...{ relays: ['starling', 'go'], rounds: 1, seconds: 2, warmupSeconds: 1 },
        ...{ resultSuffix: undefined, isSmoke: true },
      },
    )
  })

  it('gives way to flags beside it', () => {
    const { relays, seconds } = pairedFlags(['--seconds', '3', '--smoke', '--relays', 'go'], DEFAULTS)
    assert.deepEqual({ relays, seconds }, { relays: ['go'], seconds: 3 })
  })

  it('passes runs in which all arrived', () => {
    requireNoLoss([madeRun(), madeRun({ classes: [madeClass({ expected: 0, delivered: 0 }), madeClass()] })])
  })

  it('fails for a single lost delivery and says where', () => {
    const lost = madeRun({ case: 'a case', classes: [madeClass(), madeClass({ name: 'block', delivered: 799 })] })
    assert.throws(() => requireNoLoss([madeRun(), lost]), /a case, starling tcp: 1 of 800 block/)
  })

  it('fails when nothing was sent at all', () => {
    assert.throws(() => requireNoLoss([madeRun({ classes: [] })]), /nothing was sent/)
  })
})

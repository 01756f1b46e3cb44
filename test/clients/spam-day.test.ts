/** A day of spam beside two stand-ins: the same as run-spam-day.ts shows beside real clients, smaller and shorter. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RECORD_SLOTS } from '../../src/network-worker/validation/policy/track-record.ts'
import { goSkipReason } from '../support/go-build.ts'
import { SimulatedPair } from './simulated-pair.ts'
import { runSpamDay, type SpamDayOptions, type SpamDayReport, spamDayFaults } from './spam-day.ts'
import { AGGREGATE_FORGERS, WHOLE_CREW } from './spam-roles.ts'

const skip = goSkipReason()
/** One of each is enough here, and two where two act together. */
const CREW = WHOLE_CREW.map(([role, count]) => [role, role.name === 'colluding twin' ? count : 1] as const)
/** Of 4 s each: a forger of twins has three messages a slot, and ten get it banned. */
const SLOTS = { quietSlots: 1, spamSlots: 7 }

/** Until the blocks of one peer are known to be the chain, and one more while the crew arrives. */
const SLOTS_TO_RECORD = RECORD_SLOTS + 2

async function spamDay(
  options: Pick<SpamDayOptions, 'hasKeys' | 'isTold' | 'say'> &
    Partial<Pick<SpamDayOptions, 'crew' | 'quietSlotsBefore'>>,
): Promise<SpamDayReport> {
  await using pair = await SimulatedPair.start()
  return await runSpamDay(pair, { crew: CREW, ...SLOTS, ...options })
}

// Side by side: each has a pair and a relay of its own, and waits for slots most of the time.
describe('a day of spam', { skip, concurrency: true }, () => {
  test('with keys: every block goes through and nothing else, and all spammers are refused', async (t) => {
    const crew = [...CREW, ...AGGREGATE_FORGERS]
    const report = await spamDay({ crew, hasKeys: true, isTold: false, say: (line) => t.diagnostic(line) })
    assert.deepEqual(spamDayFaults(report, true), [])
    assert.ok((report.verified.get('invalid') ?? 0) > 0)
  })

  test('without keys: every block of a believed node goes through and nothing else, and whoever can be proven wrong is refused', async (t) => {
    const report = await spamDay({ hasKeys: false, isTold: true, say: (line) => t.diagnostic(line) })
    assert.deepEqual(spamDayFaults(report, false), [])
    assert.equal(report.verified.size, 0)
  })

  test('without keys and without flags: once the blocks of a node have become the chain, no forged one goes through', async (t) => {
    const say = (line: string): void => t.diagnostic(line)
    const report = await spamDay({ hasKeys: false, isTold: false, say, quietSlotsBefore: SLOTS_TO_RECORD })
    assert.deepEqual(spamDayFaults(report, false), [])
  })
})

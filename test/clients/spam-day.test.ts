/** A day of spam beside two stand-ins: the same as run-spam-day.ts shows beside real clients, smaller and shorter. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { goSkipReason } from '../support/go-build.ts'
import { SimulatedPair } from './simulated-pair.ts'
import { runSpamDay, type SpamDayReport, spamDayFaults } from './spam-day.ts'
import { WHOLE_CREW } from './spam-roles.ts'

const skip = goSkipReason()
/** One of each is enough here, and two where two act together. */
const CREW = WHOLE_CREW.map(([role, count]) => [role, role.name === 'colluding twin' ? count : 1] as const)
/** Of 4 s each: a forger of twins has three messages a slot, and ten get it banned. */
const SLOTS = { quietSlots: 1, spamSlots: 7 }

async function spamDay(hasKeys: boolean, say: (line: string) => void): Promise<SpamDayReport> {
  await using pair = await SimulatedPair.start()
  return await runSpamDay(pair, { crew: CREW, hasKeys, isTold: !hasKeys, ...SLOTS, say })
}

test('with keys: every block goes through and nothing else, and all spammers are refused', { skip }, async (t) => {
  const report = await spamDay(true, (line) => t.diagnostic(line))
  assert.deepEqual(spamDayFaults(report, true), [])
  assert.ok((report.verified.get('invalid') ?? 0) > 0)
})

test('without keys: every block of a believed node goes through and nothing else, and whoever can be proven wrong is refused', {
  skip,
}, async (t) => {
  const report = await spamDay(false, (line) => t.diagnostic(line))
  assert.deepEqual(spamDayFaults(report, false), [])
  assert.equal(report.verified.size, 0)
})

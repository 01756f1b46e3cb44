/** `node test/clients/run-spam-day.ts`: a day of spam beside two Prysm nodes. See README.md. */
import { parseArgs } from 'node:util'
import { DEFAULT_CLIENTS } from './default-clients.ts'
import { PrysmPair } from './prysm-pair.ts'
import { runSpamDay, spamDayFaults } from './spam-day.ts'
import { spamDayText } from './spam-day-text.ts'
import { AGGREGATE_FORGERS, WHOLE_CREW } from './spam-roles.ts'

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: DEFAULT_CLIENTS },
    'slot-seconds': { type: 'string', default: '6' },
    'quiet-slots': { type: 'string', default: '5' },
    'spam-slots': { type: 'string', default: '12' },
    'no-keys': { type: 'boolean', default: false },
    'no-peers': { type: 'boolean', default: false },
    'forged-aggregates': { type: 'boolean', default: false },
  },
})
const hasKeys = !values['no-keys']
const say = (line: string): void => void process.stdout.write(`${line}\n`)

await using pair = await PrysmPair.start({ clients: values.clients, slotSeconds: Number(values['slot-seconds']) })
pair.endWithProcess()
const report = await runSpamDay(pair, {
  crew: values['forged-aggregates'] ? [...WHOLE_CREW, ...AGGREGATE_FORGERS] : WHOLE_CREW,
  hasKeys,
  isTold: !hasKeys && !values['no-peers'],
  quietSlots: Number(values['quiet-slots']),
  spamSlots: Number(values['spam-slots']),
  say,
})
say(spamDayText(report))
const faults = spamDayFaults(report, hasKeys)
for (const fault of faults) say(`FAULT: ${fault}`)
if (faults.length > 0) process.exitCode = 1

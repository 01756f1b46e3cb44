/** `node test/clients/run-late-join.ts`: a Prysm node that catches up through the relay alone. See README.md. */
import { parseArgs } from 'node:util'
import { DEFAULT_CLIENTS } from './default-clients.ts'
import { lateJoinFaults, runLateJoin } from './late-join.ts'
import { PrysmPair } from './prysm-pair.ts'

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: DEFAULT_CLIENTS },
    'slot-seconds': { type: 'string', default: '3' },
    'missed-slots': { type: 'string', default: '20' },
    'joint-slots': { type: 'string', default: '6' },
    blobs: { type: 'string', default: '0' },
  },
})
const blobs = Number(values.blobs)
const say = (line: string): void => void process.stdout.write(`${line}\n`)

await using pair = await PrysmPair.start({
  clients: values.clients,
  slotSeconds: Number(values['slot-seconds']),
  blobs,
})
pair.endWithProcess()
const report = await runLateJoin(pair, {
  missedSlots: Number(values['missed-slots']),
  jointSlots: Number(values['joint-slots']),
  flags: blobs > 0 ? ['--custody-columns', 'all'] : [],
  say,
})
say(`blocks: ${report.chain.blocks.length}, missing at node 2: ${report.chain.missing.length}`)
const faults = lateJoinFaults(report)
for (const fault of faults) say(`FAULT: ${fault}`)
if (faults.length > 0) process.exitCode = 1

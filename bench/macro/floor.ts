/**
 * What a delivered message costs at least in this runtime: a process that receives or sends what `chain` has a relay
 * receive and send, and does nothing else. No relay of this transport can be cheaper without joining or sharing work.
 */
import { measureFloor } from '../floor/measure-floor.ts'
import { runPaired } from '../paired.ts'
import { medianTable, type TableFigure } from '../paired-table.ts'
import { moreFigure } from '../report/figures.ts'
import type { Variant } from '../run-record.ts'
import { pairedFlags } from './flags.ts'
import { requireGo, SUBSCRIBERS } from './load-generator.ts'
import { attestations, blocks, GOSSIP_NAMES, type LoadStream } from './traffic.ts'

/** Of no network: nobody looks at them. */
const TOPICS = GOSSIP_NAMES.map((name) => `/eth2/00000000/${name}/ssz_snappy`)
/** As in `chain`, whose figures are held against these. */
const CASES: ReadonlyMap<string, LoadStream> = new Map([
  ['240 B at 2000/s', attestations(TOPICS, 2_000)],
  ['120 kB at 40/s', blocks(TOPICS, 40)],
])
/** Long enough that all that runs often is compiled. */
const DEFAULTS = { seconds: 15, warmupSeconds: 10, rounds: 3 }

const FIGURES: readonly TableFigure[] = [
  { header: 'CPU us/delivery', isRatio: true, of: (run) => run.cpuUsPerDelivery },
  { header: 'to send', isRatio: false, of: moreFigure('sendUsPerDelivery') },
  { header: 'to receive, a message', isRatio: false, of: moreFigure('receiveUsPerMessage') },
  { header: 'RSS MB', isRatio: false, of: (run) => run.rssMb },
]

/** Runs the cases, prints medians, and writes the runs. @throws Error without Go, or when a run fails twice */
export async function runFloor(args: string[]): Promise<void> {
  const options = pairedFlags(['--relays', 'starling', ...args], DEFAULTS)
  if (options.relays.join() !== 'starling')
    throw new Error('--relays: the floor is that of the runtime, without a relay')
  if (options.validations.join() !== 'none') throw new Error('--validation: nobody looks at the messages')
  requireGo()
  const variants = options.transports.map(
    (transport): Variant => ({ relay: 'starling', transport, validation: 'none', setting: 'floor' }),
  )
  const runs = await runPaired(
    {
      name: 'floor',
      cases: [...CASES.keys()],
      variants,
      about: { subscribers: SUBSCRIBERS },
      measure: (caseName, variant, round) => {
        const stream = CASES.get(caseName)
        if (stream === undefined) throw new Error(`there is no case ${caseName}`)
        return measureFloor(stream, { case: caseName, variant, round }, options)
      },
    },
    options,
  )
  process.stdout.write(`\n${medianTable(runs, FIGURES)}`)
}

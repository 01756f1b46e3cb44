/**
 * Fifty peers a short round trip away from a relay whose uplink is narrow: blocks and columns in the midst of attestations, a
 * slot's burst, take the line for longer than they come in. Loopback has no line that is full, and what is sent in which order looks
 * alike there.
 */
import { runPaired } from '../paired.ts'
import { medianTable, ratioTable } from '../paired-table.ts'
import { burstTraffic, MIX_COPIES, MIX_PARTS, MIX_SLOT_SECONDS } from './eth2-mix.ts'
import { FAN_FIGURES } from './fan-figures.ts'
import { measureFan } from './fan-scene.ts'
import { FAR_RANGE, FarLink, type FarLinkOptions } from './far-link.ts'
import { pairedFlags } from './flags.ts'
import { requireGo } from './load-generator.ts'
import { runInside } from './own-network.ts'

/** As between neighbouring countries; Linux's own control is cubic, which a namespace may not have. */
const WAY = { roundTripMs: 10, congestionControl: 'reno' } as const
/**
 * A fifth of what a dedicated server has, for a fifth of the peers in a mesh that network load 20 has there. A router's buffer of
 * 50 ms.
 */
const MBITS = 200
const BUFFER_MS = 50
/** What an operator would say: nine tenths. */
const TOLD_MBITS = 180
/** Mainnet's attestations twice over, all within half a second (`fan`). */
const BURST = 2

interface NarrowCase extends FarLinkOptions {
  readonly flags: readonly string[]
  /** The others have no such setting. */
  readonly isOfStarling: boolean
}

const CASES: ReadonlyMap<string, NarrowCase> = new Map(
  [
    { name: `${MBITS} Mbit`, flags: ['--uplink-mbits', String(TOLD_MBITS)], isOfStarling: false },
    { name: `${MBITS} Mbit, not told`, flags: [], isOfStarling: true },
  ].map(({ name, ...rest }) => [name, { ...WAY, uplink: { mbits: MBITS, bufferMs: BUFFER_MS }, ...rest }]),
)

/** Runs the cases, prints medians and ratios, and writes the runs. @throws Error without Go, where no namespace can be had, or when a relay fails twice */
export async function runNarrow(args: string[]): Promise<void> {
  requireGo()
  await runInside('narrow', args, async (inside) => {
    const options = pairedFlags(inside, {
      seconds: 10 * MIX_SLOT_SECONDS,
      warmupSeconds: 2 * MIX_SLOT_SECONDS,
      rounds: 3,
    })
    const runs = await runPaired(
      {
        name: 'narrow',
        cases: [...CASES.keys()],
        about: { ...MIX_PARTS, ...MIX_COPIES, slotSeconds: MIX_SLOT_SECONDS, mbits: MBITS, bufferMs: BUFFER_MS },
        skips: (name, { relay }) => relay !== 'starling' && CASES.get(name)?.isOfStarling === true,
        measure: async (caseName, variant, round) => {
          const link = CASES.get(caseName)
          if (link === undefined) throw new Error(`there is no case ${caseName}`)
          await using far = await FarLink.open(link)
          // All peers are at one address.
          const flags = ['--ip-limit-exempt', FAR_RANGE, ...link.flags]
          const way = { flags, through: (address: string) => far.farAddress(address) }
          const about = { case: caseName, variant, round }
          const run = await measureFan(about, (topics) => burstTraffic(topics, BURST), options, way)
          await far.requireNoLoss()
          return { ...run, more: { ...run.more, packetsLost: await far.lostAtUplink() } }
        },
      },
      options,
    )
    process.stdout.write(`\n${medianTable(runs, FAN_FIGURES)}\n${ratioTable(runs, FAN_FIGURES)}`)
  })
}

/**
 * Fifty peers around the relay and the messages of mainnet in the rhythm of its slots, four copies of five duplicates: what
 * a delivery costs, how late each class is, and at which multiple of mainnet's rates the relay reaches its knee. In the
 * cases called `burst` blocks and columns come in the midst of attestations.
 */
import { runPaired } from '../paired.ts'
import { medianTable, ratioTable } from '../paired-table.ts'
import { numberIn } from '../report/figures.ts'
import { kneeOf, mixCases } from '../report/knee.ts'
import type { BenchRun, Variant } from '../run-record.ts'
import { formatTable } from '../table.ts'
import { variantLabel } from '../variant.ts'
import { burstTraffic, MIX_COPIES, MIX_PARTS, MIX_SLOT_SECONDS, mixTraffic } from './eth2-mix.ts'
import { FAN_FIGURES } from './fan-figures.ts'
import { measureFan, type StreamsOf } from './fan-scene.ts'
import { atLeast, pairedFlags, pairedVariants } from './flags.ts'
import { requireGo } from './load-generator.ts'

/** Doubling from mainnet's rates on: the knee is known to a factor of two, or better with `--multiples`. */
const MULTIPLES = '1,2,4,8'
/**
 * Attestations at 2,140 and 4,280 a second, each in five copies and to eight sinks, for half a second. At the second rate
 * two cores have no time left for relay and generator.
 */
const BURSTS = [2, 4]
/** Ten slots: p99 of eighty deliveries of blocks in a run, of 400 over five. */
const SECONDS = 10 * MIX_SLOT_SECONDS
/** Two slots: a relay that has just started. What only blocks go through is compiled after 40 of them (ADR 31). */
const WARMUP_SECONDS = 2 * MIX_SLOT_SECONDS

/** Beyond this multiple there are more aggregates and sync messages than a relay lets pass unverified. */
const MOST_VALIDATED = 8

/** @throws Error for a multiple that is no positive number */
function fanCases(multiples: string): ReadonlyMap<string, StreamsOf> {
  const numbers = multiples.split(',').map((text) => atLeast('multiples', text, 0.01))
  const mixes = numbers
    .sort((one, other) => one - other)
    .map((multiple): [string, StreamsOf] => [`mix x${multiple}`, (topics) => mixTraffic(topics, multiple)])
  const bursts = BURSTS.map((multiple): [string, StreamsOf] => [
    `burst x${multiple}`,
    (topics) => burstTraffic(topics, multiple),
  ])
  return new Map([...mixes, ...bursts])
}

/** Whether the case has more than a relay with that validation lets pass. */
function isBeyond(caseName: string, { validation }: Variant): boolean {
  if (validation === 'none') return false
  return caseName.startsWith('burst') ? validation === 'default' : numberIn(caseName) > MOST_VALIDATED
}

function kneeTable(runs: readonly BenchRun[], variants: readonly Variant[]): string {
  const rows = variants.map((variant) => {
    const knee = kneeOf(runs, variant)
    const text = knee === undefined ? 'below the lowest' : `${knee.caseName}${knee.isLast ? ', the highest' : ''}`
    return [variantLabel(variant), text]
  })
  return formatTable(['relay', 'last without loss or late blocks'], rows)
}

/** Runs the cases, prints medians, ratios and knees, and writes the runs. @throws Error without Go, or when a relay fails twice */
export async function runFan(args: string[]): Promise<void> {
  const defaults = { seconds: SECONDS, warmupSeconds: WARMUP_SECONDS }
  const options = pairedFlags(args, defaults, { multiples: MULTIPLES })
  requireGo()
  const cases = fanCases(options.extra.multiples)
  const runs = await runPaired(
    {
      name: 'fan',
      cases: [...cases.keys()],
      about: { ...MIX_PARTS, ...MIX_COPIES, slotSeconds: MIX_SLOT_SECONDS },
      skips: isBeyond,
      measure: async (caseName, variant, round) => {
        const streamsOf = cases.get(caseName)
        if (streamsOf === undefined) throw new Error(`there is no case ${caseName}`)
        return await measureFan({ case: caseName, variant, round }, streamsOf, options)
      },
    },
    options,
  )
  process.stdout.write(`\n${medianTable(runs, FAN_FIGURES)}\n${ratioTable(runs, FAN_FIGURES)}`)
  if (mixCases(runs).length > 0) process.stdout.write(`\n${kneeTable(runs, pairedVariants(options))}`)
}

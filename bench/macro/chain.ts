/**
 * One publisher, the relay, eight subscribers that know only the relay: what one delivered message costs, how late it
 * is and how many are lost, for each relay in turn. Every run gets a fresh relay, so that its memory is its own.
 */
import { runPaired } from '../paired.ts'
import { medianTable, ratioTable } from '../paired-table.ts'
import type { BenchRun, Variant } from '../run-record.ts'
import { atLeast, type PairedOptions, pairedFlags } from './flags.ts'
import { LoadGenerator, requireGo, SUBSCRIBERS, trafficFigures } from './load-generator.ts'
import { measureRelay } from './measure-relay.ts'
import { startRelay } from './relay-under-test.ts'
import { attestations, blocks, type LoadStream } from './traffic.ts'
import { steadyNetwork } from './validated.ts'

type StreamOf = (topics: readonly string[]) => LoadStream

/** Short messages come first, for as long as the warm-up: no relay meets blocks before votes. */
const BLOCKS_CASE = '120 kB at 40/s'
/**
 * Then blocks, for so many times as long: at forty a second a compiler that counts calls, a thousand of them, takes half a minute
 * to do its work, and a relay runs for months. Whether it is quick before that is the burst bench's to say.
 */
const BLOCKS_WARMUPS = 8
const CASES: ReadonlyMap<string, StreamOf> = new Map([
  ['240 B at 500/s', (topics) => attestations(topics, 500)],
  ['240 B at 2000/s', (topics) => attestations(topics, 2_000)],
  ['240 B at 5000/s', (topics) => attestations(topics, 5_000)],
  [BLOCKS_CASE, (topics) => blocks(topics, 40)],
])

interface ChainOptions extends PairedOptions {
  /** The one processor of the load generator; any when left out. */
  readonly generatorCpu?: string
}

/** @throws Error when a flag is not as it should be */
function chainFlags(args: string[]): ChainOptions {
  const options = pairedFlags(args, { seconds: 20, warmupSeconds: 5 }, { 'generator-cpu': '' })
  const given = options.extra['generator-cpu']
  return given === '' ? options : { ...options, generatorCpu: String(atLeast('generator-cpu', given, 0)) }
}

async function measure(caseName: string, variant: Variant, round: number, options: ChainOptions): Promise<BenchRun> {
  const { seconds, warmupSeconds, generatorCpu } = options
  const streamOf = CASES.get(caseName)
  if (streamOf === undefined) throw new Error(`there is no case ${caseName}`)
  await using relay = await startRelay({ ...variant, network: steadyNetwork(options) })
  await using generator = await LoadGenerator.connect(relay, { cpu: generatorCpu })
  const streams = [streamOf(relay.topics)]
  if (warmupSeconds > 0 && caseName === BLOCKS_CASE)
    await generator.run([attestations(relay.topics, 2_000)], warmupSeconds)
  if (warmupSeconds > 0) await generator.run(streams, warmupOf(caseName, options))
  const traffic = async () => trafficFigures(await generator.run(streams, seconds))
  return await measureRelay(relay, traffic, { case: caseName, variant, round, seconds })
}

function warmupOf(
  caseName: string,
  { warmupSeconds, isSmoke }: Pick<PairedOptions, 'warmupSeconds' | 'isSmoke'>,
): number {
  return caseName === BLOCKS_CASE && !isSmoke ? BLOCKS_WARMUPS * warmupSeconds : warmupSeconds
}

/** Runs the cases, prints medians and ratios, and writes the runs. @throws Error without Go, or when a relay fails twice */
export async function runChain(args: string[]): Promise<void> {
  const options = chainFlags(args)
  requireGo()
  const runs = await runPaired(
    {
      name: 'chain',
      cases: [...CASES.keys()],
      about: {
        subscribers: SUBSCRIBERS,
        blocksWarmupSeconds: warmupOf(BLOCKS_CASE, options),
        ...steadyNetwork(options),
        generatorCpu: options.generatorCpu,
      },
      // No slot has so many blocks.
      skips: (caseName, { validation }) => caseName === BLOCKS_CASE && validation !== 'none',
      measure: (caseName, variant, round) => measure(caseName, variant, round, options),
    },
    options,
  )
  process.stdout.write(`\n${medianTable(runs)}\n${ratioTable(runs)}`)
}

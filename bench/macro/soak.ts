/** Traffic for long: is anything lost, and does memory keep growing once it has settled? */
import { parseArgs } from 'node:util'
import { writeBenchResult } from '../results-file.ts'
import { lossPercent } from '../run-figures.ts'
import type { BenchRun } from '../run-record.ts'
import { requireNoLoss } from '../smoke.ts'
import { figure, formatTable } from '../table.ts'
import { RELAYS, TRANSPORTS, VALIDATIONS } from '../variant.ts'
import { MIX_PARTS } from './eth2-mix.ts'
import { atLeast, oneOf } from './flags.ts'
import { requireGo } from './load-generator.ts'
import { measureRelay } from './measure-relay.ts'
import { fullRunSeconds, type MemorySample, MemorySampler, type SettledMemory, settledMemory } from './soak-memory.ts'
import { type SoakMix, type SoakRelay, type SoakScene, soakSlotSeconds, startSoakScene } from './soak-traffic.ts'

/** Ids are remembered for two epochs (seen_ttl of the phase 0 networking specification): caches grow as long. */
const SEEN_TTL_SLOTS = 64
/** Fewer peers than each mesh of the mix needs are none of its. */
const LEAST_MIX_PEERS = MIX_PARTS.sinksPerTopic + MIX_PARTS.sendersPerTopic

interface SoakOptions {
  readonly variant: SoakRelay
  readonly seconds: number
  readonly mix: SoakMix | undefined
  /** Added to the name of the results file. */
  readonly suffix: string
  /** Nothing is written, and a lost message is an error. */
  readonly isSmoke: boolean
}

function parseOptions(args: string[]): SoakOptions {
  const { values } = parseArgs({
    args,
    options: {
      relay: { type: 'string', default: 'starling' },
      transport: { type: 'string', default: 'tcp' },
      validation: { type: 'string', default: 'none' },
      minutes: { type: 'string', default: '10' },
      mix: { type: 'boolean', default: false },
      peers: { type: 'string', default: String(MIX_PARTS.peers) },
      multiple: { type: 'string', default: '1' },
      results: { type: 'string' },
      smoke: { type: 'boolean', default: false },
    },
  })
  const mix = {
    peers: atLeast('peers', values.peers, LEAST_MIX_PEERS),
    multiple: atLeast('multiple', values.multiple, 0.01),
  }
  const variant = {
    relay: oneOf('relay', values.relay, RELAYS),
    transport: oneOf('transport', values.transport, TRANSPORTS),
    validation: oneOf('validation', values.validation, VALIDATIONS),
  }
  return {
    variant,
    seconds: atLeast('minutes', values.minutes, 0.1) * 60,
    mix: values.mix ? mix : undefined,
    suffix: values.results ?? usualSuffix(variant, values.mix),
    isSmoke: values.smoke,
  }
}

/** `soak` is Starling over TCP with nothing validated and steady traffic; whatever differs is added. */
function usualSuffix({ relay, transport, validation }: SoakRelay, isMix: boolean): string {
  const differs = [relay, transport, validation].filter((choice) => !['starling', 'tcp', 'none'].includes(choice))
  return [isMix ? 'mix' : '', ...differs].filter(Boolean).join('-')
}

/** Memory as a run keeps it: what became of it, and each sample. */
function memoryFigures(memory: SettledMemory, samples: readonly MemorySample[]): Readonly<Record<string, number>> {
  const { fromSeconds, slopeMbPerMinute, medianRssMb } = memory
  return {
    ...{ warmupSeconds: fromSeconds, slopeMbPerMinute, settledMedianRssMb: medianRssMb },
    ...Object.fromEntries(samples.map(({ atSeconds, rssMb }) => [`rssMbAt${atSeconds}s`, rssMb])),
  }
}

function seenTtlSeconds({ variant, mix }: SoakOptions): number {
  return SEEN_TTL_SLOTS * soakSlotSeconds(variant, mix)
}

async function measure(scene: SoakScene, options: SoakOptions): Promise<[BenchRun, SettledMemory]> {
  const { variant, seconds } = options
  using sampler = new MemorySampler(scene.relay.pid)
  const about = { case: scene.name, variant, round: 0, seconds }
  const run = await measureRelay(scene.relay, () => scene.run(seconds), about)
  const memory = settledMemory(sampler.samples, seconds, seenTtlSeconds(options))
  const more = { ...run.more, peers: scene.peers, ...memoryFigures(memory, sampler.samples) }
  return [{ ...run, more }, memory]
}

function print(run: BenchRun, memory: SettledMemory, options: SoakOptions): void {
  const rows = run.classes.map((figures) => [
    figures.name,
    String(figures.delivered),
    String(figures.expected - figures.delivered),
    lossPercent(figures).toFixed(3),
    ...[figures.p50Ms, figures.p99Ms, figures.maxMs].map(figure),
  ])
  const header = ['class', 'delivered', 'lost', 'loss %', 'p50 ms', 'p99 ms', 'max ms']
  const lines = [
    `CPU ${figure(run.cpuUsPerDelivery)} us/delivery, machine ${figure(run.machineBusyPercent)} % busy`,
    `RSS ${run.rssMb} MB, peak ${run.peakRssMb} MB`,
    `after ${memory.fromSeconds} s: median ${figure(memory.medianRssMb)} MB, ${memory.slopeMbPerMinute} MB/min`,
  ]
  if (memory.isFilling) {
    const fullMinutes = Math.ceil(fullRunSeconds(seenTtlSeconds(options)) / 60)
    lines.push(`caches of seen ids were still filling: a slope that must be level needs ${fullMinutes} minutes`)
  }
  process.stdout.write(`\n${formatTable(header, rows)}${lines.join('\n')}\n`)
}

/** One long run of one relay; prints a table and writes the run. @throws Error without Go, when the relay dies, or under --smoke what was lost */
export async function runSoak(args: string[]): Promise<void> {
  const options = parseOptions(args)
  requireGo()
  await using scene = await startSoakScene(options.variant, options.mix)
  const minutes = options.seconds / 60
  process.stdout.write(`${scene.name} through ${options.variant.relay} for ${figure(minutes)} min ...\n`)
  const [run, memory] = await measure(scene, options)
  print(run, memory, options)
  if (options.isSmoke) requireNoLoss([run])
  else writeBenchResult('soak', { minutes, ...options.mix }, [run], options.suffix)
}

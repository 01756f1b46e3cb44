/** Steady traffic for long: is anything lost, and does memory keep growing once it has settled? */
import { parseArgs } from 'node:util'
import { writeResults } from '../results-file.ts'
import { lossPercent } from '../run-figures.ts'
import { figure, formatTable } from '../table.ts'
import { atLeast, oneOf } from './flags.ts'
import { LoadGenerator, requireGo } from './load-generator.ts'
import { memoryUsage } from './process-usage.ts'
import { RELAYS, startRelay, TRANSPORTS } from './relay-under-test.ts'
import { attestations, blocks } from './traffic.ts'

const SAMPLE_PERIOD_MS = 10_000
const ATTESTATIONS_PER_SECOND = 500
/** One block a slot. */
const BLOCKS_PER_SECOND = 1 / 12
/** The young generation and the buffers of new connections settle first: a slope over that part would say nothing. */
const WARMUP_SHARE = 0.3
/** Ids are remembered for two epochs (seen_ttl of the phase 0 networking specification): until then caches do grow. */
const SEEN_TTL_SECONDS = 768
/** A run that goes on this much longer than the caches fill is judged by what comes after. */
const FULL_CACHE_SHARE = 1.5

interface Sample {
  readonly atSeconds: number
  readonly rssMb: number
}

/** Where the part of a run begins over which memory should stay level. */
function warmupSeconds(totalSeconds: number): number {
  const outlastsCaches = totalSeconds >= SEEN_TTL_SECONDS * FULL_CACHE_SHARE
  return outlastsCaches ? SEEN_TTL_SECONDS : totalSeconds * WARMUP_SHARE
}

/** Least-squares slope of the samples from `fromSeconds` on, in MB a minute; 0 for fewer than two. */
function slopeMbPerMinute(samples: readonly Sample[], fromSeconds: number): number {
  const settled = samples.filter(({ atSeconds }) => atSeconds >= fromSeconds)
  if (settled.length < 2) return 0
  const meanAt = settled.reduce((sum, { atSeconds }) => sum + atSeconds, 0) / settled.length
  const meanRss = settled.reduce((sum, { rssMb }) => sum + rssMb, 0) / settled.length
  const rise = settled.reduce((sum, { atSeconds, rssMb }) => sum + (atSeconds - meanAt) * (rssMb - meanRss), 0)
  const run = settled.reduce((sum, { atSeconds }) => sum + (atSeconds - meanAt) ** 2, 0)
  return Math.round((rise / run) * 60 * 100) / 100
}

function sampleMemory(pid: number, samples: Sample[]): Disposable {
  const startedMs = performance.now()
  const sample = (): void => {
    const atSeconds = Math.round((performance.now() - startedMs) / 1000)
    samples.push({ atSeconds, rssMb: memoryUsage(pid).rssMb })
  }
  sample()
  const timer = setInterval(sample, SAMPLE_PERIOD_MS)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

/** @throws Error without Go, or when the relay dies */
export async function runSoak(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      relay: { type: 'string', default: 'starling' },
      transport: { type: 'string', default: 'tcp' },
      minutes: { type: 'string', default: '10' },
    },
  })
  const minutes = atLeast('minutes', values.minutes, 0.1)
  const options = {
    relay: oneOf('relay', values.relay, RELAYS),
    transport: oneOf('transport', values.transport, TRANSPORTS),
    validation: 'none' as const,
  }
  requireGo()
  await using relay = await startRelay(options)
  await using generator = await LoadGenerator.connect(relay)
  const samples: Sample[] = []
  using _sampling = sampleMemory(relay.pid, samples)
  process.stdout.write(`${ATTESTATIONS_PER_SECOND} messages a second and a block a slot for ${minutes} min ...\n`)
  const streams = [attestations(relay.topics, ATTESTATIONS_PER_SECOND), blocks(relay.topics, BLOCKS_PER_SECOND)]
  const results = await generator.run(streams, minutes * 60)
  const memory = memoryUsage(relay.pid)
  const warmup = warmupSeconds(minutes * 60)
  const slope = slopeMbPerMinute(samples, warmup)
  const rows = results.map((result) => [
    result.name,
    String(result.delivered),
    String(result.expected - result.delivered),
    ...[result.p50Ms, result.p99Ms, result.maxMs].map(figure),
  ])
  process.stdout.write(`\n${formatTable(['stream', 'delivered', 'lost', 'p50 ms', 'p99 ms', 'max ms'], rows)}`)
  process.stdout.write(
    `RSS ${memory.rssMb} MB, peak ${memory.peakRssMb} MB, after ${Math.round(warmup)} s ${slope} MB/min\n`,
  )
  if (warmup < SEEN_TTL_SECONDS) {
    const fullMinutes = Math.ceil((SEEN_TTL_SECONDS * FULL_CACHE_SHARE) / 60)
    process.stdout.write(
      `caches of seen ids were still filling: a slope that must be level needs ${fullMinutes} minutes\n`,
    )
  }
  const streamsWithLoss = results.map((result) => ({ ...result, lossPercent: lossPercent(result) }))
  writeResults('soak', {
    ...options,
    minutes,
    ...memory,
    warmupSeconds: warmup,
    slopeMbPerMinute: slope,
    streams: streamsWithLoss,
    samples,
  })
}

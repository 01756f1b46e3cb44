/**
 * One publisher, the relay, eight subscribers that know only the relay: what one delivered message costs, how late it
 * is and how many are lost. Every case gets a fresh relay, so that its peak memory is its own.
 */
import { parseArgs } from 'node:util'
import { writeResults } from '../results-file.ts'
import { figure, formatTable } from '../table.ts'
import { atLeast, oneOf } from './flags.ts'
import { LoadGenerator, requireGo, type StreamResult, SUBSCRIBERS } from './load-generator.ts'
import { cpuTimeUs, type MemoryUsage, memoryUsage } from './process-usage.ts'
import { RELAYS, type RelayOptions, startRelay, TRANSPORTS, VALIDATIONS } from './relay-under-test.ts'
import { attestations, blocks, type LoadStream } from './traffic.ts'

interface ChainCase {
  readonly name: string
  readonly stream: (topics: readonly string[]) => LoadStream
}

const CASES: readonly ChainCase[] = [
  { name: '240 B at 500/s', stream: (topics) => attestations(topics, 500) },
  { name: '240 B at 2000/s', stream: (topics) => attestations(topics, 2_000) },
  { name: '120 kB at 40/s', stream: (topics) => blocks(topics, 40) },
]

interface ChainResult extends StreamResult, MemoryUsage {
  readonly case: string
  readonly lossPercent: number
  /** Whole process, all threads, over the window; divided by deliveries. */
  readonly cpuUsPerDelivery: number
  /** Of one core. */
  readonly cpuPercent: number
}

interface ChainOptions extends RelayOptions {
  readonly seconds: number
  readonly warmupSeconds: number
}

async function measure(chosen: ChainCase, options: ChainOptions): Promise<ChainResult> {
  await using relay = await startRelay(options)
  await using generator = await LoadGenerator.connect(relay)
  const stream = chosen.stream(relay.topics)
  if (options.warmupSeconds > 0) await generator.run([stream], options.warmupSeconds)
  const startedMs = performance.now()
  const cpuBeforeUs = cpuTimeUs(relay.pid)
  const [result] = await generator.run([stream], options.seconds)
  const cpuUs = cpuTimeUs(relay.pid) - cpuBeforeUs
  const elapsedMs = performance.now() - startedMs
  if (result === undefined) throw new Error('the generator reported no stream')
  return {
    ...result,
    ...memoryUsage(relay.pid),
    case: chosen.name,
    lossPercent: lossPercent(result),
    cpuUsPerDelivery: Math.round((cpuUs / result.delivered) * 10) / 10,
    cpuPercent: Math.round(cpuUs / elapsedMs / 10),
  }
}

/** Share of the expected deliveries that never came. */
export function lossPercent(result: StreamResult): number {
  return Math.round((1 - result.delivered / result.expected) * 1e6) / 1e4
}

function printTable(results: readonly ChainResult[]): void {
  const header = [
    'case',
    'delivered',
    'loss %',
    'CPU us/msg',
    'CPU %',
    'p50 ms',
    'p99 ms',
    'max ms',
    'RSS MB',
    'peak MB',
  ]
  const rows = results.map((result) => [
    result.case,
    String(result.delivered),
    result.lossPercent.toFixed(2),
    figure(result.cpuUsPerDelivery),
    String(result.cpuPercent),
    ...[result.p50Ms, result.p99Ms, result.maxMs, result.rssMb, result.peakRssMb].map(figure),
  ])
  process.stdout.write(`\n${formatTable(header, rows)}`)
}

function parseOptions(args: string[]): ChainOptions & { readonly only: string } {
  const { values } = parseArgs({
    args,
    options: {
      relay: { type: 'string', default: 'starling' },
      transport: { type: 'string', default: 'tcp' },
      validation: { type: 'string', default: 'none' },
      seconds: { type: 'string', default: '20' },
      warmup: { type: 'string', default: '5' },
      only: { type: 'string', default: '' },
    },
  })
  return {
    relay: oneOf('relay', values.relay, RELAYS),
    transport: oneOf('transport', values.transport, TRANSPORTS),
    validation: oneOf('validation', values.validation, VALIDATIONS),
    seconds: atLeast('seconds', values.seconds, 1),
    warmupSeconds: atLeast('warmup', values.warmup, 0),
    only: values.only,
  }
}

/** Runs the cases whose name holds `--only`, prints a table and, when all ran, writes the results. @throws Error without Go */
export async function runChain(args: string[]): Promise<void> {
  const { only, ...options } = parseOptions(args)
  requireGo()
  const results: ChainResult[] = []
  for (const chosen of CASES.filter(({ name }) => name.includes(only))) {
    process.stdout.write(`${options.relay}: ${chosen.name} over ${options.transport} for ${options.seconds} s ...\n`)
    results.push(await measure(chosen, options))
  }
  if (results.length === 0) throw new Error(`no case is called ${only}`)
  printTable(results)
  if (results.length === CASES.length) {
    writeResults(resultName(options), { ...options, subscribers: SUBSCRIBERS, results })
  }
}

/** `chain` is Starling over TCP with nothing validated; whatever differs is added. */
function resultName({ relay, transport, validation }: RelayOptions): string {
  const differs = [relay, transport, validation].filter((choice) => !['starling', 'tcp', 'none'].includes(choice))
  return ['chain', ...differs].join('-')
}

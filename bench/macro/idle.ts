/** What a relay with nothing to do costs: time from starting the process to listening, and its memory afterwards. */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { StarlingProcess } from '../../test/support/starling-process.ts'
import { writeResults } from '../results-file.ts'
import { figure, formatTable } from '../table.ts'
import { atLeast } from './flags.ts'
import { cpuTimeUs, memoryUsage } from './process-usage.ts'

/** Long enough for start-up garbage to go. */
const SETTLE_MS = 5_000
/** CPU with no peers is timers only; ten seconds hold several heartbeats. */
const WINDOW_MS = 10_000

interface IdleResult {
  readonly startMs: number
  readonly rssMb: number
  readonly peakRssMb: number
  readonly cpuPercent: number
}

async function measure(): Promise<IdleResult> {
  await using relay = await StarlingProcess.start()
  await delay(SETTLE_MS)
  const cpuBeforeUs = cpuTimeUs(relay.pid)
  await delay(WINDOW_MS)
  const cpuPercent = (cpuTimeUs(relay.pid) - cpuBeforeUs) / WINDOW_MS / 10
  return { startMs: Math.round(relay.startMs), ...memoryUsage(relay.pid), cpuPercent: Math.round(cpuPercent * 10) / 10 }
}

/** Starts the relay `--runs` times, one after the other. */
export async function runIdle(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { runs: { type: 'string', default: '5' }, smoke: { type: 'boolean', default: false } },
  })
  const runs = atLeast('runs', values.runs, 1)
  const results: IdleResult[] = []
  for (let run = 0; run < runs; run++) results.push(await measure())
  const header = ['run', 'start ms', 'RSS MB', 'peak MB', 'CPU %']
  const rows = results.map(({ startMs, rssMb, peakRssMb, cpuPercent }, run) => [
    String(run + 1),
    ...[startMs, rssMb, peakRssMb, cpuPercent].map(figure),
  ])
  process.stdout.write(formatTable(header, rows))
  if (!values.smoke) writeResults('idle', { results })
}

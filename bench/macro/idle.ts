/** What a relay with nothing to do costs: time from starting the process to listening, and its memory afterwards. */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { StarlingProcess } from '../../test/support/starling-process.ts'
import { writeResults } from '../results-file.ts'
import { figure, formatTable } from '../table.ts'
import { atLeast } from './flags.ts'
import { cpuTimeUs, memoryUsage } from './process-usage.ts'

/** Settling is long enough for start-up garbage to go; CPU with no peers is timers only, of which ten seconds hold several. */
const TIMES = { settleMs: 5_000, windowMs: 10_000 }
const SMOKE_TIMES: typeof TIMES = { settleMs: 500, windowMs: 1_500 }

interface IdleResult {
  readonly startMs: number
  readonly rssMb: number
  readonly peakRssMb: number
  readonly cpuPercent: number
}

async function measure({ settleMs, windowMs }: typeof TIMES): Promise<IdleResult> {
  await using relay = await StarlingProcess.start()
  await delay(settleMs)
  const cpuBeforeUs = cpuTimeUs(relay.pid)
  await delay(windowMs)
  const cpuPercent = (cpuTimeUs(relay.pid) - cpuBeforeUs) / windowMs / 10
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
  for (let run = 0; run < runs; run++) results.push(await measure(values.smoke ? SMOKE_TIMES : TIMES))
  const header = ['run', 'start ms', 'RSS MB', 'peak MB', 'CPU %']
  const rows = results.map(({ startMs, rssMb, peakRssMb, cpuPercent }, run) => [
    String(run + 1),
    ...[startMs, rssMb, peakRssMb, cpuPercent].map(figure),
  ])
  process.stdout.write(formatTable(header, rows))
  if (!values.smoke) writeResults('idle', { results })
}

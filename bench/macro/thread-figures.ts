/** What each thread of the relay took over a window. */
import type { ThreadFigures } from '../run-record.ts'
import { type DelaysByThread, delayBetween } from './loop-delays.ts'
import type { ThreadTime } from './process-usage.ts'

/** The system's name of Node's first thread, and the relay's own. */
const NAMES: Readonly<Record<string, string>> = { MainThread: 'main' }
/** Threads without a name have their program's, at whose end a build puts a hash, of which 15 characters leave a part. */
const BUILD_HASH = /-[0-9a-f]{4,16}$/

export interface ThreadReading {
  readonly times: readonly ThreadTime[]
  readonly delays: DelaysByThread
}

/** Threads of one name are one row, the busiest first; those that took nothing are left out unless they tell of a loop. */
export function threadFigures(from: ThreadReading, to: ThreadReading): readonly ThreadFigures[] {
  const before = new Map(from.times.map(({ id, cpuUs }) => [id, cpuUs]))
  const groups = Map.groupBy(to.times, ({ name }) => nameOf(name))
  return [...groups]
    .map(([name, threads]) => {
      const cpuUs = threads.reduce((sum, thread) => sum + thread.cpuUs - (before.get(thread.id) ?? 0), 0)
      return { name, cpuMs: Math.round(cpuUs / 1000), ...loopDelay(name, from.delays, to.delays) }
    })
    .filter((figures) => figures.cpuMs > 0 || 'loopDelayP99Ms' in figures)
    .sort((a, b) => b.cpuMs - a.cpuMs)
}

function nameOf(systemName: string): string {
  return NAMES[systemName] ?? systemName.replace(BUILD_HASH, '')
}

function loopDelay(
  name: string,
  from: DelaysByThread,
  to: DelaysByThread,
): Pick<ThreadFigures, 'loopDelayP99Ms' | 'loopDelayMaxMs'> {
  const last = to.get(name)
  const found = last === undefined ? undefined : delayBetween(from.get(name), last)
  return found === undefined
    ? {}
    : { loopDelayP99Ms: twoDecimals(found.p99Ms), loopDelayMaxMs: twoDecimals(found.maxMs) }
}

function twoDecimals(value: number): number {
  return Math.round(value * 100) / 100
}

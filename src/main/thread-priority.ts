/**
 * Where processors are scarce, the network thread goes before the API. On Linux a priority is a thread's own, and
 * threads inherit it from the thread that starts them: the main thread lowers its own once the network worker runs, and
 * that one, with all that it starts (discovery, validation pool), keeps the process's. Elsewhere a priority is that of the
 * whole process, and is left alone.
 */
import { constants, getPriority, setPriority } from 'node:os'
import type { Logger } from '../shared/logger.ts'

/**
 * Steps of niceness below the network thread (sched(7)): a third of its share of a processor that both want, all of one
 * that nobody wants.
 */
export const MAIN_NICENESS = 5

/** The thread that asks, to setpriority(2). */
const THIS_THREAD = 0

export interface PriorityOptions {
  readonly platform?: NodeJS.Platform
  readonly get?: (thread: number) => number
  readonly set?: (thread: number, niceness: number) => void
}

/** Lowers the priority of the thread that calls it, as far as the system lets it; nothing depends on it. */
export function yieldToNetwork(
  log: Logger,
  { platform = process.platform, get = getPriority, set = setPriority }: PriorityOptions = {},
): void {
  if (platform !== 'linux') return
  try {
    set(THIS_THREAD, Math.min(get(THIS_THREAD) + MAIN_NICENESS, constants.priority.PRIORITY_LOW))
  } catch (err) {
    log.debug({ err }, 'the main thread keeps its priority')
  }
}

/**
 * Where processors are scarce, the network thread goes before the API and before V8's helpers. On Linux a priority is a
 * thread's own, and threads inherit it from the thread that starts them: the main thread lowers its own once the network
 * worker runs, and that one, with all that it starts (discovery, validation pool), keeps the process's. Elsewhere a priority
 * is that of the whole process, and is left alone.
 */
import { readdirSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'
import type { Logger } from '../shared/logger.ts'
import { readSystemFile } from '../shared/system-file.ts'
import { goBehind, THIS_THREAD } from '../shared/thread-niceness.ts'

/**
 * What Node calls the threads that compile and collect for all others. They take a seventh of a young relay's CPU or more,
 * and do so in bursts, when the network thread has no time to give away (ADR 39).
 */
export const V8_HELPER = 'V8Worker'

const THREADS = '/proc/self/task'

export interface PriorityOptions {
  readonly platform?: NodeJS.Platform
  /** Threads of V8's helpers (gettid(2)). */
  readonly helpers?: () => readonly number[]
  readonly get?: (thread: number) => number
  readonly set?: (thread: number, niceness: number) => void
}

/**
 * Lowers the priority of the thread that calls it, and of V8's helpers, as far as the system lets it; nothing depends on it.
 */
export function yieldToNetwork(
  log: Logger,
  { platform = process.platform, helpers = v8Helpers, get = getPriority, set = setPriority }: PriorityOptions = {},
): void {
  if (platform !== 'linux') return
  try {
    goBehind(THIS_THREAD, get, set)
    for (const thread of helpers()) goBehind(thread, get, set)
  } catch (err) {
    log.debug({ err }, 'not all threads go behind the network thread')
  }
}

function v8Helpers(): readonly number[] {
  return readdirSync(THREADS).filter(isV8Helper).map(Number)
}

/** False too for one that ended meanwhile. */
function isV8Helper(thread: string): boolean {
  return readSystemFile(`${THREADS}/${thread}/comm`) === V8_HELPER
}

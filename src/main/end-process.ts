import { endThreads } from '../rpc/running-threads.ts'
import { withDeadline } from '../shared/lifecycle.ts'

/** V8 ends a thread at its next call or turn of a loop: a healthy machine needs a few ms, a busy one some tens. */
const END_THREADS_MS = 1_000

/**
 * Ends the process with an exit code. `process.exit` alone waits for every thread, and one that hangs in native code does
 * not come: such a process is killed, and whoever started it sees SIGKILL instead of a code.
 */
export async function endProcess(code: number): Promise<never> {
  try {
    await withDeadline(endThreads(), END_THREADS_MS, 'the end of the threads')
  } catch {
    process.stderr.write('starling: a thread hangs outside of JavaScript: the process is killed\n')
    process.kill(process.pid, 'SIGKILL')
  }
  process.exit(code)
}

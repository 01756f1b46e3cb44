import { endThreads } from '../rpc/running-threads.ts'
import { systemClock } from '../shared/clock.ts'
import { withDeadline } from '../shared/lifecycle.ts'
import { logOutput } from '../shared/log-output.ts'
import { flushLogs, LogSink } from '../shared/log-sink.ts'

const STDERR_FD = 2

/** V8 ends a thread at its next call or turn of a loop: a healthy machine needs a few ms, a busy one some tens. */
const END_THREADS_MS = 1_000

/** To standard error, where a terminal that is paused would keep `process.stderr` waiting. */
function complain(line: string): void {
  new LogSink(logOutput(STDERR_FD), { clock: systemClock, onLost: () => undefined }).write(line)
}

/**
 * Ends the process with an exit code. `process.exit` alone waits for every thread, and one that hangs in native code does
 * not come: such a process is killed, and whoever started it sees SIGKILL instead of a code.
 */
export async function endProcess(code: number): Promise<never> {
  try {
    await withDeadline(endThreads(), END_THREADS_MS, 'the end of the threads')
  } catch {
    complain('starling: a thread hangs outside of JavaScript: the process is killed\n')
    flushLogs()
    process.kill(process.pid, 'SIGKILL')
  }
  process.exit(code)
}

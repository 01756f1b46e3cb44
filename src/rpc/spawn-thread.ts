/** A worker's thread, with the gaps of @chainsafe/threads closed: every call ends when the thread does. */
import { fileURLToPath } from 'node:url'
import type { ResourceLimits } from 'node:worker_threads'
import { spawn, Thread, Transfer, Worker } from '@chainsafe/threads'
import { addThread } from './running-threads.ts'
import type { WorkerModule, WorkerPorts } from './worker-module.ts'

export interface ThreadOptions {
  /** The worker's entry file. */
  readonly url: URL
  /** As the thread is called in lists of threads. */
  readonly name: string
  readonly resourceLimits: ResourceLimits
  /** From the thread's start until it answers. */
  readonly deadlineMs: number
}

export interface WorkerThread<Boot extends WorkerPorts> {
  /** Resolves with why the thread ended, whoever ended it. Never rejects. */
  readonly exited: Promise<Error>
  /** Hands over settings and ports; resolves when the worker does its work. @throws when it cannot, or the thread ends */
  start(boot: Boot): Promise<void>
  /** Asks the worker to leave the network. @throws when that fails, or the thread ends before */
  stop(): Promise<void>
  /** Ends the thread. A worker with QUIC must have stopped before: its native side takes the process down otherwise. */
  terminate(): Promise<void>
}

function whenExited(worker: Worker): Promise<Error> {
  const { promise, resolve } = Promise.withResolvers<Error>()
  // 'error' comes before 'exit' and says more; the first answer stays.
  worker.once('error', (cause) => resolve(cause instanceof Error ? cause : new Error(String(cause))))
  worker.once('exit', (code) => resolve(new Error(`the thread ended with code ${code}`)))
  return promise
}

/**
 * Starts a worker's thread and waits until it answers.
 * @throws when the file cannot be loaded, the thread ends, or it does not answer in time
 */
export async function spawnThread<Boot extends WorkerPorts>(options: ThreadOptions): Promise<WorkerThread<Boot>> {
  const { url, name, resourceLimits, deadlineMs } = options
  const worker = new Worker(fileURLToPath(url), {
    name,
    suppressResolveScript: true,
    suppressTranspileTS: true,
    resourceLimits,
  })
  addThread(worker)
  const exited = whenExited(worker)
  const untilExit = <T>(work: Promise<T>): Promise<T> =>
    Promise.race([work, exited.then((reason) => Promise.reject(reason))])
  try {
    const thread = await untilExit(spawn<WorkerModule<Boot>>(worker, { timeout: deadlineMs }))
    return {
      exited,
      start: (boot) => untilExit(thread.start(Transfer(boot, [boot.control, boot.events]))),
      stop: () => untilExit(thread.stop()),
      terminate: () => Thread.terminate(thread),
    }
  } catch (cause) {
    await worker.terminate() // safe for every worker: nothing is live before `start`
    throw cause
  }
}

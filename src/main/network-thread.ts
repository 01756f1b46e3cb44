import { fileURLToPath } from 'node:url'
import { spawn, Thread, Transfer, Worker } from '@chainsafe/threads'
import type { RelayConfig } from '../config/schema.ts'
import type { WorkerBoot, WorkerModule } from '../rpc/worker-module.ts'

/**
 * Heap limits of the network thread. Most of what it allocates is messages that die young: with V8's default young
 * generation they are copied to the old one instead, and its collections stop forwarding for longer. The old
 * generation's limit is far above the steady state, so that only a leak meets it.
 */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 64, maxOldGenerationSizeMb: 4_096 }

/** The network worker's thread, with the gaps of @chainsafe/threads closed: every call ends when the thread does. */
export interface NetworkThread {
  /** Resolves with why the thread ended, whoever ended it. Never rejects. */
  readonly exited: Promise<Error>
  /** Hands over configuration and ports; resolves when the node listens. @throws when it cannot, or the thread ends */
  start(boot: WorkerBoot<RelayConfig>): Promise<void>
  /** Asks the node to leave the network. @throws when that fails, or the thread ends before */
  stop(): Promise<void>
  /** Ends the thread. Only after `stop()` resolved: QUIC's native side takes the process down otherwise. */
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
 * Starts the thread of the worker file at `url` and waits until it answers.
 * @throws when the file cannot be loaded, the thread ends, or it does not answer within `deadlineMs`
 */
export async function spawnNetworkThread(url: URL, deadlineMs: number): Promise<NetworkThread> {
  const worker = new Worker(fileURLToPath(url), {
    name: 'network',
    suppressResolveScript: true,
    suppressTranspileTS: true,
    resourceLimits: RESOURCE_LIMITS,
  })
  const exited = whenExited(worker)
  const untilExit = <T>(work: Promise<T>): Promise<T> =>
    Promise.race([work, exited.then((reason) => Promise.reject(reason))])
  try {
    const thread = await untilExit(spawn<WorkerModule<RelayConfig>>(worker, { timeout: deadlineMs }))
    return {
      exited,
      start: (boot) => untilExit(thread.start(Transfer(boot, [boot.control, boot.events]))),
      stop: () => untilExit(thread.stop()),
      terminate: () => Thread.terminate(thread),
    }
  } catch (cause) {
    await worker.terminate() // safe here: QUIC is not live before `start`
    throw cause
  }
}

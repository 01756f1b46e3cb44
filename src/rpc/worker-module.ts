/** What @chainsafe/threads carries: the start and the stop of a worker. All other calls use the control port. */
import type { MessagePort } from 'node:worker_threads'
import type { RestoredState } from './contract.ts'

/** Handed to the worker once; the ports change hands. */
export interface WorkerBoot<Config> {
  readonly config: Config
  readonly restored: RestoredState
  /** The worker serves its contract here. */
  readonly control: MessagePort
  /** The worker emits its events here. */
  readonly events: MessagePort
}

export interface WorkerModule<Config> {
  /** Resolves when the worker does its work; rejects when it cannot. Called once. */
  start(boot: WorkerBoot<Config>): Promise<void>
  /** Leaves the network in order. After it resolved, and only then, the thread may be ended. Idempotent. */
  stop(): Promise<void>
}

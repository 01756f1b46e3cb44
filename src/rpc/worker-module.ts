/** What @chainsafe/threads carries: the start and the stop of a worker. All other calls use the control port. */
import type { MessagePort } from 'node:worker_threads'
import type { RestoredState } from './settings-views.ts'

/** Handed to every worker once, by the start call; the ports change hands. */
export interface WorkerPorts {
  /** The worker serves its contract here. */
  readonly control: MessagePort
  /** The worker emits its events here. */
  readonly events: MessagePort
}

/** What the network worker is started with. */
export interface WorkerBoot<Config> extends WorkerPorts {
  readonly config: Config
  readonly restored: RestoredState
}

export interface WorkerModule<Boot extends WorkerPorts> {
  /** Resolves when the worker does its work; rejects when it cannot. Called once. */
  start(boot: Boot): Promise<void>
  /** Leaves the network in order. After it resolved, and only then, the thread may be ended. Idempotent. */
  stop(): Promise<void>
}

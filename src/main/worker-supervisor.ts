/**
 * Owns the network worker: its thread, its two ports and its state.
 *
 *     idle → starting → running → stopping → stopped
 *                 └────────┴──────────┴────→ failed
 *
 * A worker that died is not started again: QUIC's native side does not survive it. The process ends and whatever
 * supervises it starts a new one.
 */
import { MessageChannel } from 'node:worker_threads'
import type { RelayConfig } from '../config/schema.ts'
import { type Connection, createClient } from '../rpc/client.ts'
import type { Client } from '../rpc/client-type.ts'
import type { Control, Events, FatalEvent } from '../rpc/contract.ts'
import { type Listeners, receiveEvents } from '../rpc/events.ts'
import type { WorkerBoot } from '../rpc/worker-module.ts'
import { systemClock } from '../shared/clock.ts'
import { withDeadline } from '../shared/lifecycle.ts'
import type { Logger } from '../shared/logger.ts'
import { type NetworkThread, spawnNetworkThread } from './network-thread.ts'

export type SupervisorState = 'idle' | 'starting' | 'running' | 'stopping' | 'stopped' | 'failed'

/** A control call works on tables in memory and takes microseconds; this long means that the worker hangs. */
const CALL_TIMEOUT_MS = 5_000
/** Loading libp2p takes about a second on one busy core; a small machine may need many times that. */
const SPAWN_DEADLINE_MS = 20_000
/** Goodbyes and closes. Together with the API's share this stays below the 10 s that a stop may take. */
const STOP_DEADLINE_MS = 7_500
/** A worker that reported a fatal error stops libp2p within 3 s and ends itself. */
const FATAL_EXIT_DEADLINE_MS = 4_000
/** Between the end of a thread's ports and its 'exit' pass microseconds to a few ms. */
const EXIT_GRACE_MS = 250

export interface SupervisorOptions {
  /** The worker's entry file. */
  readonly url: URL
  readonly config: RelayConfig
  readonly log: Logger
  /** What the worker tells; its `fatal` is the supervisor's own. */
  readonly listeners: Omit<Listeners<Events>, 'fatal'>
  /** Called once, when a worker that was running dies or reports a fatal error. */
  onFailure(reason: Error): void
}

export class WorkerSupervisor {
  readonly #options: SupervisorOptions
  readonly #controlChannel = new MessageChannel()
  readonly #eventChannel = new MessageChannel()
  readonly #connection: Connection<Control>
  readonly #failed = Promise.withResolvers<never>()
  #state: SupervisorState = 'idle'
  #spawned: Promise<NetworkThread> | undefined
  /** The worker ends without being asked to, or has ended. */
  #dying = false
  #stopped: Promise<void> | undefined

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#connection = createClient<Control>(this.#controlChannel.port1, {
      timeoutMs: CALL_TIMEOUT_MS,
      openLater: true,
    })
    const fatal = (event: FatalEvent): void => this.#onDeath(new Error(event.message))
    receiveEvents<Events>(this.#eventChannel.port1, { ...options.listeners, fatal }, options.log)
    this.#failed.promise.catch(() => undefined) // heard by `start` while it runs, and by nobody later
    this.#controlChannel.port1.on('close', () => this.#onControlClosed())
    // The thread and the API keep the process alive, not what listens to them.
    for (const channel of [this.#controlChannel, this.#eventChannel]) channel.port1.unref()
  }

  get state(): SupervisorState {
    return this.#state
  }

  /** Calls fail with NOT_READY until the worker runs, and with RPC_CLOSED once it stops or died. */
  get control(): Client<Control> {
    return this.#connection.client
  }

  /**
   * Starts the worker; resolves when its node listens.
   * @throws what kept it from that, state `failed`; `onFailure` is not called then
   */
  async start(): Promise<void> {
    if (this.#state !== 'idle') throw new Error(`start of a worker that is ${this.#state}`)
    this.#state = 'starting'
    try {
      this.#spawned = spawnNetworkThread(this.#options.url, SPAWN_DEADLINE_MS)
      const thread = await this.#spawned
      // A fatal event that was on its way when the thread ended says more than the exit: let it arrive first.
      void thread.exited.then((reason) => setImmediate(() => this.#onDeath(reason)))
      this.#assertStarting()
      await Promise.race([thread.start(this.#boot()), this.#failed.promise])
      this.#assertStarting()
    } catch (cause) {
      this.#fail(cause instanceof Error ? cause : new Error(String(cause)))
      throw cause
    }
    this.#state = 'running'
    this.#connection.open()
  }

  /**
   * Stops the worker: the node leaves the network, then the thread is ended. A worker that failed is only waited for.
   * Safe in every state, and idempotent.
   * @throws when the worker did not end in time; its thread then still runs, state `failed`
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    if (this.#state !== 'failed') this.#state = 'stopping'
    this.#connection.close('the relay is stopping')
    try {
      if (this.#dying) await withDeadline(this.#end(), FATAL_EXIT_DEADLINE_MS, 'end of the dying network worker')
      else await withDeadline(this.#end(), STOP_DEADLINE_MS, 'stop of the network worker')
      if (this.#state === 'stopping') this.#state = 'stopped'
    } catch (cause) {
      this.#state = 'failed'
      throw cause
    } finally {
      for (const channel of [this.#controlChannel, this.#eventChannel]) channel.port1.close()
    }
  }

  async #end(): Promise<void> {
    const thread = await this.#spawned?.catch(() => undefined)
    if (thread === undefined) return
    if (this.#dying) {
      await thread.exited
      return
    }
    await thread.stop()
    await thread.terminate()
  }

  #boot(): WorkerBoot<RelayConfig> {
    return { config: this.#options.config, control: this.#controlChannel.port2, events: this.#eventChannel.port2 }
  }

  #assertStarting(): void {
    if (this.#state === 'stopping' || this.#state === 'stopped')
      throw new Error('the worker was stopped while it started')
  }

  #onDeath(reason: Error): void {
    this.#dying = true
    this.#fail(reason)
  }

  /** A closed control port is mostly the first sign that the thread ended: its exit, which says why, may follow. */
  #onControlClosed(): void {
    systemClock.after(EXIT_GRACE_MS, () => this.#fail(new Error('the worker closed its control port')))
  }

  #fail(reason: Error): void {
    const before = this.#state
    if (before !== 'starting' && before !== 'running') return
    this.#state = 'failed'
    this.#connection.close(`the network worker failed: ${reason.message}`)
    this.#failed.reject(reason)
    if (before === 'running') this.#options.onFailure(reason)
  }
}

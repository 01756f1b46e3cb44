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
import type { Control, Events } from '../rpc/contract.ts'
import { type Listeners, receiveEvents } from '../rpc/events.ts'
import type { FatalEvent } from '../rpc/life-events.ts'
import type { RestoredState } from '../rpc/settings-views.ts'
import type { WorkerBoot } from '../rpc/worker-module.ts'
import { systemClock } from '../shared/clock.ts'
import { withDeadline } from '../shared/lifecycle.ts'
import type { Logger } from '../shared/logger.ts'
import { LifeSigns } from './life-signs.ts'
import { type NetworkThread, spawnNetworkThread } from './network-thread.ts'

export type SupervisorState = 'idle' | 'starting' | 'running' | 'stopping' | 'stopped' | 'failed'

export interface SupervisorDeadlines {
  /** From the thread's start until it answers. */
  readonly spawnMs: number
  /** From then until its node listens; a worker that takes longer hangs. */
  readonly startMs: number
  /** A control call. */
  readonly callMs: number
  /** Goodbyes, closes and the end of the thread, as long as the worker gives signs of life meanwhile. */
  readonly stopMs: number
  /** A worker that was told to stop and gives no sign of life for this long hangs, and is given up. */
  readonly silenceMs: number
  /** A worker that runs and answers nothing for this long hangs, and has failed. */
  readonly hangMs: number
  /** The end of a worker that reported a fatal error. */
  readonly dyingMs: number
}

const DEADLINES: SupervisorDeadlines = {
  // Loading libp2p takes about a second on one busy core; a small machine may need many times that.
  spawnMs: 20_000,
  // Its parts have deadlines of their own, 25 s the longest and 67 together; beyond that something holds up the thread itself.
  startMs: 120_000,
  // A call works on tables in memory and takes microseconds; this long means that the worker hangs.
  callMs: 5_000,
  // Together with the API's share below the 10 s that a stop may take.
  stopMs: 7_500,
  // Eight of the signs that a stopping worker gives; no pause of a healthy one is nearly as long.
  silenceMs: 2_000,
  // Ten questions. Nothing the worker does takes a hundredth of it, and a relay that forwards nothing should not outlive it.
  hangMs: 30_000,
  // The worker gives its own stop 3 s.
  dyingMs: 4_000,
}

/** From a thread's 'exit' to the last event it sent pass microseconds to a few ms. */
const EXIT_GRACE_MS = 250
/** Above {@link EXIT_GRACE_MS}, since a thread that ends closes its ports first. */
const CONTROL_GRACE_MS = 500

/** Questions to a worker in {@link SupervisorDeadlines.hangMs}. */
const QUESTIONS = 10

/** What the worker tells its supervisor alone. */
type OwnEvent = 'fatal' | 'stopping'

export interface SupervisorOptions {
  /** The worker's entry file. */
  readonly url: URL
  readonly config: RelayConfig
  /** Fixed at the start: until the worker runs, every change is refused. */
  readonly restored: RestoredState
  readonly log: Logger
  /** What the worker tells, but for what is meant for its supervisor alone. */
  readonly listeners: Omit<Listeners<Events>, OwnEvent>
  /** Called once, when a worker that was running dies or reports a fatal error. */
  onFailure(reason: Error): void
  readonly deadlines?: Partial<SupervisorDeadlines>
}

export class WorkerSupervisor {
  readonly #options: SupervisorOptions
  readonly #deadlines: SupervisorDeadlines
  readonly #controlChannel = new MessageChannel()
  readonly #eventChannel = new MessageChannel()
  readonly #connection: Connection<Control>
  readonly #failed = Promise.withResolvers<never>()
  readonly #eventsEnded = Promise.withResolvers<void>()
  readonly #signs = new LifeSigns()
  #state: SupervisorState = 'idle'
  #spawned: Promise<NetworkThread> | undefined
  /** The thread was handed its ends of the ports. */
  #isBooted = false
  /** The worker ends without being asked to, or has ended. */
  #dying = false
  #stopped: Promise<void> | undefined
  /** While the worker runs. */
  #watch: Disposable | undefined

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#deadlines = { ...DEADLINES, ...options.deadlines }
    this.#connection = createClient<Control>(this.#controlChannel.port1, {
      timeoutMs: this.#deadlines.callMs,
      openLater: true,
    })
    const fatal = (event: FatalEvent): void => this.#onDeath(new Error(event.message))
    const stopping = (): void => this.#signs.heard()
    receiveEvents<Events>(this.#eventChannel.port1, { ...options.listeners, fatal, stopping }, options.log)
    this.#failed.promise.catch(() => undefined) // heard by `start` while it runs, and by nobody later
    this.#controlChannel.port1.on('close', () => this.#onControlClosed())
    this.#eventChannel.port1.on('close', () => this.#eventsEnded.resolve())
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
      this.#spawned = spawnNetworkThread(this.#options.url, this.#deadlines.spawnMs)
      const thread = await this.#spawned
      void thread.exited.then((reason) => this.#onExit(reason))
      this.#assertStarting()
      const started = Promise.race([thread.start(this.#boot()), this.#failed.promise])
      await withDeadline(started, this.#deadlines.startMs, 'start of the network worker')
      this.#assertStarting()
    } catch (cause) {
      this.#fail(cause instanceof Error ? cause : new Error(String(cause)))
      throw cause
    }
    this.#state = 'running'
    this.#connection.open()
    this.#watch = this.#watched()
  }

  /**
   * Stops the worker: the node leaves the network, then the thread is ended. A worker that failed is only waited for.
   * Safe in every state, and idempotent.
   * @throws when the worker did not end in time, or hangs; its thread then still runs, state `failed`
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    this.#watch?.[Symbol.dispose]()
    if (this.#state !== 'failed') this.#state = 'stopping'
    this.#connection.close('the relay is stopping')
    try {
      const { dyingMs, stopMs } = this.#deadlines
      await withDeadline(this.#end(), this.#dying ? dyingMs : stopMs, 'stop of the network worker')
      if (this.#state === 'stopping') this.#state = 'stopped'
    } catch (cause) {
      this.#state = 'failed'
      this.#failed.reject(cause) // so that a start that hangs ends too
      throw cause
    } finally {
      for (const channel of [this.#controlChannel, this.#eventChannel]) channel.port1.close()
    }
  }

  async #end(): Promise<void> {
    const thread = await this.#spawned?.catch(() => undefined)
    if (thread === undefined) return
    if (this.#dying) await thread.exited
    else await this.#endRunning(thread)
    await this.#lastEvent()
  }

  async #endRunning(thread: NetworkThread): Promise<void> {
    const left = thread.stop()
    const ended = left.then(() => thread.terminate()) // also when nobody waits any more
    ended.catch(() => undefined)
    await this.#signs.during(left, this.#deadlines.silenceMs)
    await ended
  }

  /** Asks the worker how it is until disposed; one that does not answer any more has failed. */
  #watched(): Disposable {
    const { hangMs } = this.#deadlines
    const watch = new DisposableStack()
    const over = Promise.withResolvers<void>()
    watch.defer(over.resolve)
    const ask = (): void =>
      void this.control.getHealth().then(
        () => this.#signs.heard(),
        () => undefined,
      )
    watch.use(systemClock.every(hangMs / QUESTIONS, ask))
    void this.#signs.during(over.promise, hangMs).catch((cause: Error) => this.#fail(cause))
    return watch
  }

  #boot(): WorkerBoot<RelayConfig> {
    const { config, restored } = this.#options
    this.#isBooted = true
    return { config, restored, control: this.#controlChannel.port2, events: this.#eventChannel.port2 }
  }

  #assertStarting(): void {
    if (this.#state === 'stopping' || this.#state === 'stopped')
      throw new Error('the worker was stopped while it started')
  }

  /** A fatal event may still be on its way when the thread has ended, and says more than the exit. */
  async #onExit(reason: Error): Promise<void> {
    await this.#lastEvent()
    this.#onDeath(reason)
  }

  /** To be waited for when the thread has ended: the port closes behind the last event. */
  async #lastEvent(): Promise<void> {
    if (!this.#isBooted) return
    // Nothing else may keep the process alive by then, the deadline's timer included.
    this.#eventChannel.port1.ref()
    await withDeadline(this.#eventsEnded.promise, EXIT_GRACE_MS, 'last event').catch(() => undefined)
  }

  #onDeath(reason: Error): void {
    this.#dying = true
    this.#fail(reason)
  }

  /** A closed control port is mostly the first sign that the thread ended: its exit, which says why, may follow. */
  #onControlClosed(): void {
    systemClock.after(CONTROL_GRACE_MS, () => this.#fail(new Error('the worker closed its control port')))
  }

  #fail(reason: Error): void {
    const before = this.#state
    if (before !== 'starting' && before !== 'running') return
    this.#state = 'failed'
    this.#watch?.[Symbol.dispose]()
    this.#connection.close(`the network worker failed: ${reason.message}`)
    this.#failed.reject(reason)
    if (before === 'running') this.#options.onFailure(reason)
  }
}

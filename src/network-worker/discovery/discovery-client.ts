/**
 * The network thread's end of the discovery worker: starts its thread, starts it anew when it died, ends it. In: our
 * record, nodes to begin with, lookups. Out: what it finds. Nothing here is waited for by anything that forwards.
 *
 *     start → running ⇄ (died → waits → starts again) → stopped
 */
import { MessageChannel } from 'node:worker_threads'
import { type Connection, createClient } from '../../rpc/client.ts'
import type { Client } from '../../rpc/client-type.ts'
import type {
  DiscoveryBoot,
  DiscoveryControl,
  DiscoveryEvents,
  DiscoverySettings,
} from '../../rpc/discovery-contract.ts'
import { type Listeners, receiveEvents } from '../../rpc/events.ts'
import { spawnThread, type WorkerThread } from '../../rpc/spawn-thread.ts'
import { type Clock, systemClock } from '../../shared/clock.ts'
import { RelayError } from '../../shared/errors.ts'
import { withDeadline } from '../../shared/lifecycle.ts'
import type { Logger } from '../../shared/logger.ts'

/** Its tables are small; a limit far above them, so that only a leak meets it and takes this thread alone. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 512 }
/** Loading discv5 takes half a second on one busy core; a small machine may need many times that. */
const SPAWN_DEADLINE_MS = 20_000
/** From the thread's start until its sockets are bound: less than what the start of a part may take (network-node.ts). */
const LAUNCH_DEADLINE_MS = 24_000
/** Calls take microseconds, but for a lookup, which ends by its own time-out before this. */
const CALL_TIMEOUT_MS = 30_000
/** From a thread's exit to the last event it sent, which says why, pass microseconds to a few ms. */
const LAST_EVENT_MS = 250
/** What closing its sockets may take; then the thread is ended, which harms nobody. */
const STOP_DEADLINE_MS = 2000
/**
 * What ending it may take in all, one that is being started included: goodbyes to peers are said after it. A thread that
 * answers later than this has bound no socket, and ends then.
 */
const END_DEADLINE_MS = 4000
/** Between a death and the next start: doubled each time, and the first again after a life of `LONG_LIFE_MS`. */
const RESTART_FIRST_MS = 1000
const RESTART_LAST_MS = 60_000
const LONG_LIFE_MS = 300_000

export interface DiscoveryClientDeps {
  /** The worker's entry file. */
  readonly url: URL
  readonly clock: Clock
  readonly log: Logger
  /** As they are when a thread starts. */
  readonly settings: () => DiscoverySettings
  readonly listeners: Omit<Listeners<DiscoveryEvents>, 'fatal'>
  /** Called each time a thread is ready, the first time included. */
  readonly onReady: (control: Client<DiscoveryControl>) => void
}

interface Run {
  readonly thread: WorkerThread<DiscoveryBoot>
  readonly connection: Connection<DiscoveryControl>
  readonly startedAtMs: number
  /** Closes our ends of the ports. */
  readonly release: () => void
  /** Resolves when what the thread said has arrived: its port closes behind that. */
  readonly saidAll: Promise<void>
}

export class DiscoveryClient {
  readonly #deps: DiscoveryClientDeps
  #run: Run | undefined
  #launching: Promise<void> | undefined
  #timer: Disposable | undefined
  #delayMs = RESTART_FIRST_MS
  #stopped = false
  /** Threads started after the first one, since start. */
  restarts = 0

  constructor(deps: DiscoveryClientDeps) {
    this.#deps = deps
  }

  /** Undefined while no thread is ready. Calls fail with RPC_CLOSED when it dies meanwhile. */
  get control(): Client<DiscoveryControl> | undefined {
    return this.#run?.connection.client
  }

  /**
   * Resolves when a thread is ready, or when none could be had: then another one is tried later, as after a death, and the
   * relay lives on the peers that it knows meanwhile.
   * @throws RelayError LISTEN_FAILED with what the worker said when it refuses its settings, as when its port is taken: no
   * later try would go better, and a relay that nobody can find is not what the operator asked for
   */
  async start(): Promise<void> {
    try {
      await this.#launch()
    } catch (cause) {
      if (cause instanceof RelayError && cause.code === 'LISTEN_FAILED') throw cause
      this.#failed(cause)
    }
  }

  /**
   * Ends the thread, in order if it can be had; one that is being started ends as soon as it answers, which is not
   * waited for beyond a bound. Idempotent.
   */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.[Symbol.dispose]()
    const launched = this.#launching?.catch(() => undefined) // told to whoever started it
    const ended = Promise.resolve(launched).then(() => this.#end())
    await withDeadline(ended, END_DEADLINE_MS, 'the end of discovery').catch((err: unknown) => {
      this.#deps.log.warn({ err }, 'discovery is left behind')
    })
  }

  /** The thread that is there answers no more, as in a loop without end: it is ended, and started anew as one that died. */
  endHung(): void {
    if (this.#run === undefined || this.#stopped) return
    this.#deps.log.error('discovery does not answer any more: its thread is ended')
    void this.#run.thread.terminate()
  }

  async #end(): Promise<void> {
    const run = this.#run
    this.#run = undefined
    if (run === undefined) return
    run.connection.close('discovery is stopping')
    await withDeadline(run.thread.stop(), STOP_DEADLINE_MS, 'stop of discovery').catch((err: unknown) => {
      this.#deps.log.warn({ err }, 'discovery did not stop in order')
    })
    run.release()
    await run.thread.terminate()
  }

  #launch(): Promise<void> {
    const launching = this.#spawn().finally(() => {
      this.#launching = undefined
    })
    this.#launching = launching
    return launching
  }

  async #spawn(): Promise<void> {
    const spawnedAtMs = systemClock.monotonicMs()
    const thread = await spawnThread<DiscoveryBoot>({
      url: this.#deps.url,
      name: 'discovery',
      resourceLimits: RESOURCE_LIMITS,
      deadlineMs: SPAWN_DEADLINE_MS,
    })
    // Stopped meanwhile: no socket is bound any more.
    if (this.#stopped) await thread.terminate()
    else await this.#connect(thread, LAUNCH_DEADLINE_MS - (systemClock.monotonicMs() - spawnedAtMs))
  }

  async #connect(thread: WorkerThread<DiscoveryBoot>, deadlineMs: number): Promise<void> {
    const { clock, log, settings, listeners, onReady } = this.#deps
    const control = new MessageChannel()
    const events = new MessageChannel()
    const release = (): void => {
      control.port1.close()
      events.port1.close()
    }
    const connection = createClient<DiscoveryControl>(control.port1, { timeoutMs: CALL_TIMEOUT_MS, clock })
    const fatal = ({ message, stack }: DiscoveryEvents['fatal']): void =>
      log.error({ reason: message, stack }, 'discovery failed')
    receiveEvents<DiscoveryEvents>(events.port1, { ...listeners, fatal }, log)
    const saidAll = new Promise<void>((resolve) => events.port1.once('close', resolve))
    try {
      const boot = { settings: settings(), control: control.port2, events: events.port2 }
      await withDeadline(startWith(thread, boot), deadlineMs, 'start of discovery')
    } catch (cause) {
      release()
      await thread.terminate().catch(() => undefined) // it may have ended by itself
      throw cause
    }
    const run: Run = { thread, connection, startedAtMs: clock.monotonicMs(), release, saidAll }
    this.#run = run
    if (this.#stopped) return // which waits for this, and ends it
    void thread.exited.then((reason) => this.#onExit(run, reason))
    onReady(connection.client)
  }

  #onExit(run: Run, reason: Error): void {
    const { clock, log } = this.#deps
    run.connection.close(`discovery ended: ${reason.message}`)
    void withDeadline(run.saidAll, LAST_EVENT_MS, 'the last event of discovery').then(run.release, run.release)
    if (this.#stopped || this.#run !== run) return
    this.#run = undefined
    if (clock.monotonicMs() - run.startedAtMs >= LONG_LIFE_MS) this.#delayMs = RESTART_FIRST_MS
    log.error({ reason: reason.message, again_in_ms: this.#delayMs }, 'discovery ended and is started again')
    this.#startLater()
  }

  #failed(err: unknown): void {
    if (this.#stopped) return
    this.#deps.log.error({ err, again_in_ms: this.#delayMs }, 'discovery cannot start: the relay goes on without it')
    this.#startLater()
  }

  #startLater(): void {
    this.#timer = this.#deps.clock.after(this.#delayMs, () => {
      this.restarts++
      this.#launch().catch((err: unknown) => this.#failed(err))
    })
    this.#delayMs = Math.min(this.#delayMs * 2, RESTART_LAST_MS)
  }
}

/**
 * Hands the worker its settings.
 * @throws RelayError LISTEN_FAILED with what it said when it refuses them; what ended the thread when that ends instead
 */
async function startWith(thread: WorkerThread<DiscoveryBoot>, boot: DiscoveryBoot): Promise<void> {
  let hasEnded = false
  void thread.exited.then(() => {
    hasEnded = true
  })
  try {
    await thread.start(boot)
  } catch (cause) {
    if (hasEnded) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new RelayError('LISTEN_FAILED', `discovery cannot start: ${why}`, {}, { cause })
  }
}

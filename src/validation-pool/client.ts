/**
 * The pool's side in the network worker: synchronous, CPU-heavy jobs go to a thread of their own, and their results come
 * back. The thread is started for the first job. What goes wrong there stays there: a job that throws, a thread that
 * dies and one that cannot be started are failed jobs, and the next thread is started after a pause.
 */
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import type { PresetName } from '../consensus/network-config.ts'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logger.ts'
import { siblingUrl } from '../shared/worker-url.ts'
import type { HasherNotice, JobCall, JobInput, JobName, JobOutput } from './job-table.ts'

/** Jobs under way: one that runs, and what two busy slots bring. At some 100 kB of input each they hold about 1 MB. */
export const MAX_JOBS = 9
/** A client has one thread: what must not wait for each other is on clients of their own. */
const MAX_THREADS = 1
/** The worst block takes 300 MB; past this the thread dies, and nothing else. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16 }
/** Forwarding goes first when there are fewer cores than work. */
const NICENESS = 10
/** Before the next thread after one died, doubled each time up to the longest, until a job is done. */
const RESTART_MS = 1_000
const LONGEST_RESTART_MS = 60_000
const LOG_PERIOD_MS = 60_000

export interface PoolClientDeps {
  /** Of the SSZ types. */
  readonly preset: PresetName
  readonly clock: Clock
  readonly log: Logger
  /** Of the thread, from 0, as urgent as those that forward, to 19. Only Linux can say so of one thread. */
  readonly niceness?: number
  /** What the thread runs; another one in tests. */
  readonly worker?: URL
}

/** Why a job has no output: too many under way, a failure (logged), or a pool that is stopped. */
export type JobFailure = 'queue_full' | 'failed' | 'stopped'
export type JobResult<N extends JobName> =
  | { readonly ok: true; readonly output: JobOutput<N> }
  | { readonly ok: false; readonly reason: JobFailure }

export class PoolClient {
  readonly #deps: PoolClientDeps
  #piscina: Piscina | undefined
  #jobs = 0
  #stopped: Promise<void> | undefined
  #restartMs = RESTART_MS
  #notBeforeMs = Number.NEGATIVE_INFINITY
  #loggedAtMs = Number.NEGATIVE_INFINITY
  #unlogged = 0
  #isSlowHasherTold = false

  constructor(deps: PoolClientDeps) {
    this.#deps = deps
  }

  /** Has a thread do one job. Buffers in `transfer` change hands. Never rejects. */
  async run<N extends JobName>(
    job: N,
    input: JobInput<N>,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<JobResult<N>> {
    if (this.#stopped !== undefined) return { ok: false, reason: 'stopped' }
    if (this.#jobs >= MAX_JOBS) return { ok: false, reason: 'queue_full' }
    if (this.#deps.clock.monotonicMs() < this.#notBeforeMs) return { ok: false, reason: 'failed' }
    this.#jobs++
    try {
      this.#piscina ??= this.#open()
      const call: JobCall<N> = { job, input }
      const output: JobOutput<N> = await this.#piscina.run(call, { transferList: [...transfer] })
      this.#restartMs = RESTART_MS
      return { ok: true, output }
    } catch (err) {
      if (this.#stopped !== undefined) return { ok: false, reason: 'stopped' }
      this.#report(err, job)
      return { ok: false, reason: 'failed' }
    } finally {
      this.#jobs--
    }
  }

  /**
   * Ends the thread, in the middle of a job too, though not of a native call; jobs under way fail as `stopped`. Idempotent;
   * resolves when it has ended.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#end()
    return this.#stopped
  }

  async #end(): Promise<void> {
    const piscina = this.#piscina
    this.#piscina = undefined
    await piscina?.destroy()
  }

  #open(): Piscina {
    const piscina = new Piscina({
      filename: fileURLToPath(this.#deps.worker ?? siblingUrl(import.meta.url, './worker')),
      name: 'runJob',
      minThreads: 0, // with more, a thread that dies is replaced at once, and for ever
      maxThreads: MAX_THREADS,
      idleTimeout: Number.POSITIVE_INFINITY, // loading the types again for each slot would cost more than it saves
      maxQueue: MAX_JOBS,
      recordTiming: false,
      resourceLimits: RESOURCE_LIMITS,
      niceIncrement: process.platform === 'linux' ? (this.#deps.niceness ?? NICENESS) : 0,
      env: { LODESTAR_PRESET: this.#deps.preset }, // and nothing of ours, which may hold secrets
    })
    // Unheard, an error of the thread would be one of ours.
    piscina.on('error', (err: unknown) => this.#report(err))
    // Piscina itself starts the next thread with the next job, or, when one died before it was ready, never.
    piscina.on('workerDestroy', () => queueMicrotask(() => this.#abandon(piscina)))
    piscina.on('message', (notice: HasherNotice) => this.#noteHasher(notice))
    return piscina
  }

  /** Its thread died: jobs that waited for it fail, and the next one is started after a pause. */
  #abandon(piscina: Piscina): void {
    if (this.#piscina !== piscina) return
    this.#piscina = undefined
    this.#notBeforeMs = this.#deps.clock.monotonicMs() + this.#restartMs
    this.#restartMs = Math.min(2 * this.#restartMs, LONGEST_RESTART_MS)
    piscina.destroy().catch((err: unknown) => this.#report(err))
  }

  #noteHasher({ hasher }: HasherNotice): void {
    if (hasher === 'hashtree' || this.#isSlowHasherTold) return
    this.#isSlowHasherTold = true
    this.#deps.log.warn({ hasher }, 'no native hasher for this platform: blocks are hashed three times as slowly')
  }

  #report(err: unknown, job?: JobName): void {
    const { clock, log } = this.#deps
    const nowMs = clock.monotonicMs()
    if (nowMs - this.#loggedAtMs < LOG_PERIOD_MS) {
      this.#unlogged++
      return
    }
    log.warn({ err, job, unlogged: this.#unlogged }, 'a job of the validation pool failed')
    this.#loggedAtMs = nowMs
    this.#unlogged = 0
  }
}

/**
 * A child process that is driven by JSON lines: calls with an id on its stdin, answers and unasked events on its
 * stdout. Every wait is bounded, and all of them end when the process does.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Events kept for waits that begin after they arrived; a test has far fewer. */
const MAX_EVENTS = 200_000
const STOP_TIMEOUT_MS = 5_000

interface Answer {
  readonly id: number
  readonly ok: boolean
  readonly result?: unknown
  readonly error?: string
}

interface Call {
  readonly name: string
  readonly settle: (answer: Answer) => void
  readonly fail: (error: Error) => void
}

interface Wait<Event> {
  readonly check: (event: Event) => void
  readonly fail: (error: Error) => void
}

export class JsonLineProcess<Event extends { readonly event: string }> {
  /** All events so far, oldest first. */
  readonly events: Event[] = []
  readonly #child: ChildProcess
  readonly #calls = new Map<number, Call>()
  readonly #waits = new Set<Wait<Event>>()
  readonly #closed: Promise<void>
  #nextId = 1
  #stderr = ''

  constructor(file: string, args: readonly string[] = []) {
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child = child
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-8_000)
    })
    child.stdin.on('error', () => undefined) // the process died: 'close' fails what is pending
    createInterface({ input: child.stdout }).on('line', (line) => this.#take(line))
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#closed = promise
    const end = (why: string): void => {
      this.#failAll(new Error(`${file} ${why}\n${this.#stderr}`.trimEnd()))
      resolve()
    }
    child.once('error', (error) => end(`did not start: ${error.message}`))
    child.once('close', (code, signal) => end(`ended (${code ?? signal})`))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** @throws Error with the other side's text, when it takes longer than `timeoutMs`, or when the process ends */
  call<Result>(name: string, args: unknown = {}, timeoutMs = 30_000): Promise<Result> {
    const id = this.#nextId++
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    const timer = setTimeout(() => reject(new Error(`${name} was not answered in ${timeoutMs} ms`)), timeoutMs)
    this.#calls.set(id, {
      name,
      fail: reject,
      settle: (answer) =>
        answer.ok ? resolve(answer.result as Result) : reject(new Error(`${name}: ${answer.error ?? 'failed'}`)),
    })
    this.#child.stdin?.write(`${JSON.stringify({ id, cmd: name, args })}\n`)
    return promise.finally(() => {
      clearTimeout(timer)
      this.#calls.delete(id)
    })
  }

  /** The first event, past or to come, that `matches`. @throws Error naming `what` after `timeoutMs` */
  waitFor<Found extends Event>(
    what: string,
    matches: (event: Event) => event is Found,
    timeoutMs: number,
  ): Promise<Found> {
    const past = this.events.find(matches)
    if (past !== undefined) return Promise.resolve(past)
    const { promise, resolve, reject } = Promise.withResolvers<Found>()
    const wait: Wait<Event> = { fail: reject, check: (event) => (matches(event) ? resolve(event) : undefined) }
    const timer = setTimeout(() => reject(new Error(`no ${what} in ${timeoutMs} ms`)), timeoutMs)
    this.#waits.add(wait)
    return promise.finally(() => {
      clearTimeout(timer)
      this.#waits.delete(wait)
    })
  }

  /** Ends its input, which ends a well-behaved process; one that stays is killed. Idempotent. */
  async stop(): Promise<void> {
    this.#child.stdin?.end()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    await this.#closed
    clearTimeout(timer)
  }

  #take(line: string): void {
    const message = JSON.parse(line) as Answer | Event
    if ('event' in message) {
      if (this.events.length < MAX_EVENTS) this.events.push(message)
      for (const wait of this.#waits) wait.check(message)
      return
    }
    this.#calls.get(message.id)?.settle(message)
  }

  #failAll(error: Error): void {
    for (const call of this.#calls.values()) call.fail(error)
    for (const wait of this.#waits) wait.fail(error)
  }
}

/** `./starling demo` in a process of its own, as a newcomer runs it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { eventually } from './plain-relay.ts'

const EXECUTABLE = fileURLToPath(new URL('../../../starling', import.meta.url))
/** The demo promises to be gone 10 s after a signal. */
const STOP_TIMEOUT_MS = 15_000

export class DemoProcess implements AsyncDisposable {
  readonly lines: string[] = []
  stderr = ''
  readonly #child: ChildProcess
  readonly #exited: Promise<number | null>

  constructor(flags: readonly string[]) {
    const child = spawn(EXECUTABLE, ['demo', ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    createInterface({ input: child.stdout }).on('line', (line) => this.lines.push(line))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    const { promise, resolve } = Promise.withResolvers<number | null>()
    this.#exited = promise
    child.once('close', (code) => resolve(code))
  }

  /** Base URL of the API, from the `curl` lines. */
  get apiUrl(): string | undefined {
    return this.lines.map((line) => /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]).find((url) => url !== undefined)
  }

  get pulses(): readonly string[] {
    return this.lines.filter((line) => line.startsWith('slot '))
  }

  /** Process ids of the demo's children. */
  children(): readonly number[] {
    const table = execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' })
    const rows = table.trim().split('\n')
    return rows
      .map((row) => row.trim().split(/\s+/).map(Number))
      .flatMap(([pid, parent]) => (parent === this.#child.pid && pid !== undefined ? [pid] : []))
  }

  /** @throws Error with the demo's output when it is not true in time */
  async until(isTrue: () => boolean, what: string, timeoutMs: number): Promise<void> {
    const lost = (): boolean => this.#child.exitCode !== null || this.#child.signalCode !== null
    await eventually(() => lost() || isTrue(), what, timeoutMs).catch((cause: unknown) => {
      throw new Error([String(cause), ...this.lines, this.stderr].join('\n'), { cause })
    })
    if (lost() && !isTrue()) throw new Error(['the demo ended', ...this.lines, this.stderr].join('\n'))
  }

  signal(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void {
    this.#child.kill(signal)
  }

  /** The exit code; null when a signal ended the process. */
  get exited(): Promise<number | null> {
    return this.#exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal('SIGTERM')
    const timer = setTimeout(() => this.signal('SIGKILL'), STOP_TIMEOUT_MS)
    await this.#exited
    clearTimeout(timer)
  }
}

/** True while a process of this id runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

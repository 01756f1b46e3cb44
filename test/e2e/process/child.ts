import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { scratchDirectory } from './scratch.ts'

export type LogLine = Readonly<Record<string, unknown>>

/** The executable at the root of the project. */
export const STARLING = fileURLToPath(new URL('../../../starling', import.meta.url))
/** A relay whose network worker dies on command. */
export const MORTAL_RELAY = fileURLToPath(new URL('./mortal-relay.ts', import.meta.url))

/** A relay comes up within a second; a loaded machine may need many times that. */
const LINE_DEADLINE_MS = 30_000

/** A process of ours and what it wrote. Killed when the test ends, should it still run. */
export class Child {
  readonly lines: string[] = []
  readonly errorLines: string[] = []
  readonly process: ChildProcess
  readonly #exited: Promise<number | NodeJS.Signals>
  readonly #changed = new EventTarget()

  constructor(t: TestContext, command: string, args: readonly string[]) {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] }) as ChildProcess &
      ChildProcessByStdio<null, Readable, Readable>
    this.process = child
    this.#exited = once(child, 'close').then(([code, signal]) => code ?? signal)
    createInterface(child.stdout).on('line', (line) => {
      this.lines.push(line)
      this.#changed.dispatchEvent(new Event('line'))
    })
    createInterface(child.stderr).on('line', (line) => this.errorLines.push(line))
    void this.#exited.then(() => this.#changed.dispatchEvent(new Event('line')))
    t.after(() => {
      child.kill('SIGKILL')
    })
  }

  /** Every line so far; all of them have to be JSON. */
  get log(): LogLine[] {
    return this.lines.map((line) => JSON.parse(line) as LogLine)
  }

  /** The first line with this message, waited for. @throws when the process ends or a deadline passes without it */
  async line(message: string): Promise<LogLine> {
    const deadline = AbortSignal.timeout(LINE_DEADLINE_MS)
    for (;;) {
      const found = this.log.find(({ msg }) => msg === message)
      if (found !== undefined) return found
      if (this.process.exitCode !== null) throw new Error(`ended without "${message}":\n${this.lines.join('\n')}`)
      await once(this.#changed, 'line', { signal: deadline })
    }
  }

  /** Exit code or signal, and how long that took from now. */
  async end(): Promise<{ readonly code: number | NodeJS.Signals; readonly ms: number }> {
    const began = performance.now()
    return { code: await this.#exited, ms: performance.now() - began }
  }
}

/** Flags of a relay that reaches nobody: free ports on loopback, no discovery, a directory of its own. */
export function quietFlags(t: TestContext): string[] {
  const ports = ['--port', '0', '--quic-port', '0', '--api-port', '0', '--listen-address', '127.0.0.1']
  return ['--network', 'hoodi', '--no-discovery', ...ports, '--data-dir', scratchDirectory(t), '--log-format', 'json']
}

/** `./starling` with these arguments. */
export function starling(t: TestContext, args: readonly string[]): Child {
  return new Child(t, STARLING, args)
}

/** The same relay with the worker that takes commands to fail by `process.send` (mortal-worker.ts). */
export function mortalRelay(t: TestContext, args: readonly string[]): Child {
  return new Child(t, process.execPath, ['--disable-warning=ExperimentalWarning', MORTAL_RELAY, ...args])
}

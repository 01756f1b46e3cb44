/**
 * The relay as its users run it: `./starling run` in a process of its own, on loopback, with a private network and
 * directories that go when it stops.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type TestNetwork, testNetwork, writeNetworkDirectory } from './network-directory.ts'

const EXECUTABLE = fileURLToPath(new URL('../../starling', import.meta.url))
const START_TIMEOUT_MS = 60_000
/** The relay promises to be gone 10 s after SIGTERM. */
const STOP_TIMEOUT_MS = 15_000
const REQUEST_TIMEOUT_MS = 10_000
/** Log lines kept; a relay at level info writes a few a second, or a hundred when a large mesh changes. */
const MAX_LOG_LINES = 200_000

export type LogLine = Readonly<Record<string, unknown>>

/** The info line with which the relay says that it runs. */
interface StartLine {
  readonly msg: 'relay started'
  readonly peer_id: string
  readonly enr: string
  readonly addresses: readonly string[]
  readonly api: string
}

export interface StarlingOptions {
  /** Added to the flags that put the relay on loopback with ports of the system's choice. */
  readonly flags?: readonly string[]
  readonly network?: TestNetwork
  /** A network that is there already; `network` then says nothing of it. */
  readonly networkDirectory?: string
}

export class StarlingProcess implements AsyncDisposable {
  readonly network: TestNetwork
  readonly peerId: string
  readonly enr: string
  /** Multiaddrs with /p2p/. */
  readonly addresses: readonly string[]
  /** Base URL of the HTTP API, without a slash at its end. */
  readonly api: string
  readonly pid: number
  /** From starting the process to its start line. */
  readonly startMs: number
  readonly #running: RunningProcess

  private constructor(running: RunningProcess, network: TestNetwork, line: StartLine, startMs: number) {
    this.#running = running
    this.network = network
    this.peerId = line.peer_id
    this.enr = line.enr
    this.addresses = line.addresses
    this.api = line.api.replace(/\/$/, '')
    this.pid = running.pid
    this.startMs = startMs
  }

  /** @throws Error with the end of the log when the relay ends or stays silent instead of starting */
  static async start(options: StarlingOptions = {}): Promise<StarlingProcess> {
    const network = options.network ?? testNetwork()
    const startedMs = performance.now()
    const running = new RunningProcess(network, options.flags ?? [], options.networkDirectory)
    try {
      const line = await running.waitForLine('the start line', isStartLine, START_TIMEOUT_MS)
      return new StarlingProcess(running, network, line, performance.now() - startedMs)
    } catch (error) {
      await running.stop('SIGKILL')
      throw error
    }
  }

  /** The listening address of one transport. */
  address(transport: 'tcp' | 'quic'): string {
    const found = this.addresses.find((address) => address.includes(transport === 'tcp' ? '/tcp/' : '/quic-v1'))
    if (found === undefined) throw new Error(`the relay does not listen on ${transport}`)
    return found
  }

  /** JSON of a GET that must succeed. @throws Error with status and body when it does not */
  async fetchJson<Body>(path: string): Promise<Body> {
    const { status, body } = await this.request<Body>('GET', path)
    if (status >= 300) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`)
    return body
  }

  /** Any request with an optional JSON body; the answer whatever its status. */
  async request<Body>(method: string, path: string, json?: unknown): Promise<{ status: number; body: Body }> {
    const response = await fetch(`${this.api}${path}`, {
      method,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...(json === undefined ? {} : { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } }),
    })
    return { status: response.status, body: (await response.json()) as Body }
  }

  /** Log lines so far. */
  get log(): readonly LogLine[] {
    return this.#running.log
  }

  get isRunning(): boolean {
    return this.#running.isRunning
  }

  /** SIGTERM, then waits; returns the exit code, or `null` when it had to be killed. Idempotent. */
  stop(): Promise<number | null> {
    return this.#running.stop('SIGTERM')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

function isStartLine(line: LogLine): line is LogLine & StartLine {
  return line['msg'] === 'relay started' && typeof line['api'] === 'string'
}

interface LineWait {
  readonly check: (line: LogLine) => void
  readonly fail: (error: Error) => void
}

/** The child process, its log and its directories. */
class RunningProcess {
  readonly log: LogLine[] = []
  readonly #home = mkdtempSync(join(tmpdir(), 'starling-'))
  readonly #child: ChildProcess
  readonly #exited: Promise<number | null>
  readonly #waits = new Set<LineWait>()
  #stderr = ''
  isRunning = true

  constructor(network: TestNetwork, flags: readonly string[], networkDirectory: string | undefined) {
    const ownNetwork = join(this.#home, 'network')
    mkdirSync(ownNetwork)
    writeNetworkDirectory(ownNetwork, network)
    const args = [
      ...['run', '--network-dir', networkDirectory ?? ownNetwork, '--data-dir', join(this.#home, 'data')],
      ...['--listen-address', '127.0.0.1', '--port', '0', '--quic-port', '0', '--api-port', '0'],
      ...['--no-discovery', '--log-format', 'json', ...flags],
    ]
    const child = spawn(EXECUTABLE, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-8_000)
    })
    createInterface({ input: child.stdout }).on('line', (text) => this.#take(text))
    const { promise, resolve } = Promise.withResolvers<number | null>()
    this.#exited = promise
    const end = (why: string, code: number | null): void => {
      this.isRunning = false
      const tail = this.log.slice(-5).map((line) => JSON.stringify(line))
      for (const wait of this.#waits) wait.fail(new Error([`starling ${why}`, this.#stderr, ...tail].join('\n')))
      rmSync(this.#home, { recursive: true, force: true })
      resolve(code)
    }
    child.once('error', (error) => end(`did not start: ${error.message}`, null))
    child.once('close', (code, signal) => end(`ended (${code ?? signal})`, code))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  waitForLine<Found extends LogLine>(
    what: string,
    matches: (line: LogLine) => line is Found,
    timeoutMs: number,
  ): Promise<Found> {
    const { promise, resolve, reject } = Promise.withResolvers<Found>()
    const wait: LineWait = { fail: reject, check: (line) => (matches(line) ? resolve(line) : undefined) }
    const timer = setTimeout(() => reject(new Error(`no ${what} in ${timeoutMs} ms`)), timeoutMs)
    this.#waits.add(wait)
    return promise.finally(() => {
      clearTimeout(timer)
      this.#waits.delete(wait)
    })
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    if (this.isRunning) this.#child.kill(signal)
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    try {
      return await this.#exited
    } finally {
      clearTimeout(timer)
    }
  }

  #take(text: string): void {
    const line = parseLine(text)
    if (this.log.length < MAX_LOG_LINES) this.log.push(line)
    for (const wait of this.#waits) wait.check(line)
  }
}

/** What is no JSON is kept as a message: a crash writes plain text. */
function parseLine(text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine
  } catch {
    return { msg: text }
  }
}

/**
 * `starling demo`: a relay in this process and a swarm of simulated peers in another, on loopback, on a network of their
 * own. The relay is the real one, started the real way: by `--network-dir` and the operator's flags.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RelayConfig } from '../config/schema.ts'
import type { NodeInfoView } from '../rpc/node-views.ts'
import { demoDirs, readDemoConfig } from './demo-config.ts'
import { DemoPulse } from './demo-pulse.ts'
import { DemoSwarm } from './demo-swarm.ts'
import { endProcess } from './end-process.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { type Relay, startRelay } from './relay.ts'
import { onStopSignals } from './signals.ts'

const REQUEST_TIMEOUT_MS = 5000

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** The relay's TCP address, asked where any other program would ask: over the API. */
async function relayAddress(relay: Relay, config: RelayConfig): Promise<string> {
  const response = await fetch(new URL('/node/info', relay.apiUrl), {
    headers: config.apiToken === undefined ? {} : { authorization: `Bearer ${config.apiToken}` },
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  })
  if (!response.ok) throw new Error(`GET /node/info of the demo's own relay: ${response.status}`)
  const { p2p_addresses } = (await response.json()) as NodeInfoView
  const address = p2p_addresses.find((candidate) => candidate.includes('/tcp/'))
  if (address === undefined) throw new Error("the demo's peers speak TCP, and the relay does not listen on it")
  return address
}

function printWhereToLook(relay: Relay, config: RelayConfig): void {
  const auth = config.apiTokenFile === undefined ? '' : ` -H "Authorization: Bearer $(cat ${config.apiTokenFile})"`
  const curl = (path: string, what: string): string => {
    const command = `  curl -s${auth} ${new URL(path, relay.apiUrl)}`
    return `${command.padEnd(56)}  # ${what}`
  }
  print('A relay and a swarm of simulated peers on loopback; Ctrl-C ends both. Look at the relay:')
  print(curl('/eth/v1/node/health', 'in sync? 200 with a distance'))
  print(curl('/node/info', 'who it is, where it listens'))
  print(curl('/peers', 'its peers: round trips, scores, clients'))
  print(curl('/mesh', 'its mesh, topic by topic'))
  print(curl('/config', 'its settings in force'))
  print('One line a slot follows.')
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => resolve(), { once: true })
  if (signal.aborted) resolve()
  return promise
}

class Demo {
  readonly #dir = mkdtempSync(join(tmpdir(), 'starling-demo-'))
  readonly #pulse = new DemoPulse()
  readonly #ending = new AbortController()
  readonly #swarm = new DemoSwarm({ dir: this.#dir, onReport: (report) => this.#pulse.report(report) })
  #relay: Relay | undefined

  constructor() {
    void this.#swarm.ended.then((cause) => this.end(cause))
  }

  /** Begins the end; an Error as the reason makes the exit code 1. Only the first call counts. */
  end(reason: Error | 'asked'): void {
    if (reason === 'asked' && !this.#ending.signal.aborted) print('stopping')
    this.#ending.abort(reason)
  }

  /** Ends what a process that must not wait leaves behind. */
  abandon(): void {
    this.#swarm.kill()
    rmSync(this.#dir, { recursive: true, force: true })
  }

  /** Runs until the demo is told to end or a part of it fails. */
  async run(argv: readonly string[]): Promise<ExitCode> {
    const { signal } = this.#ending
    try {
      await this.#swarm.ready
      const config = await readDemoConfig(argv, demoDirs(this.#dir))
      if (config === undefined) return EXIT.badConfig
      this.#relay = await startRelay(config, { signal, onPulse: (pulse) => print(this.#pulse.line(pulse)) })
      void this.#relay.failed.then((cause) => this.end(cause))
      this.#swarm.join(await relayAddress(this.#relay, config))
      printWhereToLook(this.#relay, config)
      await aborted(signal)
    } catch (cause) {
      this.end(cause instanceof Error ? cause : new Error(String(cause)))
    }
    if (signal.reason === 'asked') return EXIT.clean
    process.stderr.write(`starling: ${signal.reason instanceof Error ? signal.reason.message : signal.reason}\n`)
    return EXIT.failure
  }

  /** Stops relay and swarm side by side; true when both did in order. */
  async stop(): Promise<boolean> {
    const results = await Promise.allSettled([this.#relay?.stop(), this.#swarm.stop()])
    rmSync(this.#dir, { recursive: true, force: true })
    const failed = results.filter((result) => result.status === 'rejected')
    for (const { reason } of failed) process.stderr.write(`starling: ${reason}\n`)
    return failed.length === 0
  }
}

/**
 * Runs the demo until SIGINT, SIGTERM or a failure, and answers the exit code: 0 when it was asked to end, 1 when a part
 * failed, 2 for flags that make no configuration. Relay and swarm are gone by then; a second signal does not wait for
 * that.
 * @param argv what follows `demo`: the relay's own flags
 */
export async function runDemo(argv: readonly string[]): Promise<ExitCode> {
  const demo = new Demo()
  using _signals = onStopSignals({
    first: () => demo.end('asked'),
    again: () => {
      demo.abandon()
      void endProcess(EXIT.failure)
    },
  })
  process.on('uncaughtException', (cause) => demo.end(cause))
  // Whoever read the lines has gone (`starling demo | head`): nobody is left to run for.
  process.stdout.on('error', () => demo.end('asked'))
  const code = await demo.run(argv)
  const isClean = await demo.stop()
  return isClean || code !== EXIT.clean ? code : EXIT.failure
}

/** A relay with discovery on, whose directories outlive it: it can be killed and started again as itself. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { DiscoveryStatsView } from '../../../src/rpc/discovery-views.ts'
import { parseMetrics, seriesValue } from '../../support/metrics-text.ts'
import { type TestNetwork, writeNetworkDirectory } from '../../support/network-directory.ts'
import { type Child, type LogLine, starling } from '../process/child.ts'

/** Often enough to time it, seldom enough not to slow what is timed. */
const POLL_MS = 50

export interface RelayHome {
  readonly networkDir: string
  readonly dataDir: string
}

/** Directories of a relay and its network; they go when the test ends. */
export function relayHome(t: TestContext, network: TestNetwork): RelayHome {
  const home = mkdtempSync(join(tmpdir(), 'starling-discovery-'))
  t.after(() => rmSync(home, { recursive: true, force: true }))
  const networkDir = join(home, 'network')
  mkdirSync(networkDir)
  writeNetworkDirectory(networkDir, network)
  return { networkDir, dataDir: join(home, 'data') }
}

/** A TCP port that nobody has on `address`: an address of loopback of one's own makes that hold for UDP too. */
export async function freePort(address: string): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, address, resolve)
  })
  const bound = server.address()
  await new Promise<void>((resolve) => server.close(() => resolve()))
  if (bound === null || typeof bound === 'string') throw new Error('no port')
  return bound.port
}

export interface RelayPlace extends RelayHome {
  readonly address: string
  readonly port: number
}

export interface PeerRow {
  readonly peer_id: string
  readonly state: string
  readonly direction: string
  readonly address: string
}

export interface NodeInfo {
  readonly peer_id: string
  readonly enr: string
  readonly discovery_addresses: readonly string[]
}

export class DiscoveringRelay {
  readonly startLine: LogLine
  /** From the start of the process, ms of `performance.now()`. */
  readonly spawnedAtMs: number
  /** From there to the line that says that it runs, ms. */
  readonly startedAfterMs: number
  readonly #child: Child

  private constructor(child: Child, startLine: LogLine, spawnedAtMs: number) {
    this.#child = child
    this.startLine = startLine
    this.spawnedAtMs = spawnedAtMs
    this.startedAfterMs = Math.round(performance.now() - spawnedAtMs)
  }

  /** Starts a relay; without bootnodes it has what it kept. */
  static async start(t: TestContext, place: RelayPlace, bootnodes: readonly string[]): Promise<DiscoveringRelay> {
    const spawnedAtMs = performance.now()
    const child = starling(t, [
      ...['run', '--network-dir', place.networkDir, '--data-dir', place.dataDir],
      ...['--listen-address', place.address, '--port', String(place.port), '--no-quic'],
      ...['--api-port', '0', '--log-format', 'json', '--target-peers', '60', '--max-latency-ms', '5000'],
      ...[`--bootnodes=${bootnodes.join(',')}`],
    ])
    return new DiscoveringRelay(child, await child.line('relay started'), spawnedAtMs)
  }

  async get<Body>(path: string): Promise<Body> {
    const answer = await fetch(new URL(path, String(this.startLine['api'])))
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as Body
  }

  info(): Promise<NodeInfo> {
    return this.get('/node/info')
  }

  stats(): Promise<DiscoveryStatsView> {
    return this.get('/discovery/stats')
  }

  discovered(): Promise<readonly string[]> {
    return this.get('/discovery/peers')
  }

  /** Records it judged so far, by their fork. */
  async judged(fork: 'current' | 'other' | 'none'): Promise<number> {
    const page = await fetch(new URL('/metrics', String(this.startLine['api'])))
    return seriesValue(parseMetrics(await page.text()), 'starling_discovery_judged_records_total', { fork }) ?? 0
  }

  /** Ids of connected peers. */
  async connected(): Promise<ReadonlySet<string>> {
    const peers = await this.get<readonly PeerRow[]>('/peers')
    return new Set(peers.filter(({ state }) => state === 'connected').map(({ peer_id }) => peer_id))
  }

  /**
   * Waits until `counts`, in rising order, of `wanted` are connected at once.
   * @returns ms from the start of the process for each
   * @throws Error with how many there were, after `timeoutMs`
   */
  async reach(wanted: readonly string[], counts: readonly number[], timeoutMs: number): Promise<readonly number[]> {
    const took: number[] = []
    let most = 0
    for (const count of counts) {
      for (let found = await this.#count(wanted); found < count; found = await this.#count(wanted)) {
        most = Math.max(most, found)
        if (performance.now() - this.spawnedAtMs > timeoutMs) {
          throw new Error(`not in ${timeoutMs} ms: ${count} of ${wanted.length} connected, never more than ${most}`)
        }
        await delay(POLL_MS)
      }
      took.push(Math.round(performance.now() - this.spawnedAtMs))
    }
    return took
  }

  async #count(wanted: readonly string[]): Promise<number> {
    const connected = await this.connected()
    return wanted.filter((id) => connected.has(id)).length
  }

  /** Ends it by a signal. @returns exit code or signal */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | NodeJS.Signals> {
    this.#child.process.kill(signal)
    return (await this.#child.end()).code
  }
}

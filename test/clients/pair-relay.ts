/** The relay between the two nodes of a pair, as its users run it. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { MeshTopicView } from '../../src/rpc/mesh-views.ts'
import type { PeerView } from '../../src/rpc/peer-views.ts'
import { StarlingProcess } from '../support/starling-process.ts'
import { until } from '../support/until.ts'
import type { NodePair, PairNode } from './node-pair.ts'

export interface PairRelayOptions {
  readonly pair: NodePair
  /** False: the network's directory comes without its genesis.ssz. */
  readonly hasKeys: boolean
  readonly flags?: readonly string[]
}

/** Clients on a busy machine answer late, and are not to be sent away for it. */
const MAX_LATENCY_MS = 5_000
const REDIAL_MS = 2_000
const POLL_MS = 100
const CONNECT_TIMEOUT_MS = 60_000
/** Genesis may be most of a minute away. */
const JOIN_TIMEOUT_MS = 120_000
const PUBLIC_FILES = ['config.yaml', 'genesis_time.txt', 'genesis_validators_root.txt'] as const

export class PairRelay implements AsyncDisposable {
  readonly process: StarlingProcess
  readonly #keyless: string | undefined

  private constructor(process: StarlingProcess, keyless: string | undefined) {
    this.process = process
    this.#keyless = keyless
  }

  static async start({ pair, hasKeys, flags = [] }: PairRelayOptions): Promise<PairRelay> {
    const keyless = hasKeys ? undefined : withoutKeys(pair.networkDirectory)
    const networkDirectory = keyless ?? pair.networkDirectory
    try {
      const all = ['--max-latency-ms', String(MAX_LATENCY_MS), ...flags]
      return new PairRelay(await StarlingProcess.start({ networkDirectory, flags: all }), keyless)
    } catch (error) {
      if (keyless !== undefined) rmSync(keyless, { recursive: true, force: true })
      throw error
    }
  }

  get peerId(): string {
    return this.process.peerId
  }

  /** Has the relay dial a node, and waits until it shows it as connected. */
  async connect(node: PairNode): Promise<void> {
    let dialledAtMs = Number.NEGATIVE_INFINITY
    await until(
      `the relay connected to ${node.name}`,
      async () => {
        if (await this.isConnected(node)) return true
        if (performance.now() > dialledAtMs + REDIAL_MS) {
          dialledAtMs = performance.now()
          await this.process.request('POST', '/peers', { multiaddr: node.address })
        }
        await delay(POLL_MS)
        return false
      },
      CONNECT_TIMEOUT_MS,
    )
  }

  /** Connects to nodes and waits until blocks go between them and the relay. Clients join topics at genesis. */
  async join(nodes: readonly PairNode[]): Promise<void> {
    for (const node of nodes) await this.connect(node)
    const isMeshed = async (): Promise<boolean> => {
      const mesh = await this.process.fetchJson<readonly MeshTopicView[]>('/mesh')
      const members = mesh.find(({ topic }) => topic.split('/')[3] === 'beacon_block')?.peers ?? []
      await delay(POLL_MS)
      return nodes.every((node) => members.some(({ peer_id }) => peer_id === node.peerId))
    }
    await until('the nodes in the mesh of blocks', isMeshed, JOIN_TIMEOUT_MS)
  }

  async isConnected({ peerId }: Pick<PairNode, 'peerId'>): Promise<boolean> {
    return (await this.peers()).some(({ peer_id, state }) => peer_id === peerId && state === 'connected')
  }

  peers(): Promise<readonly PeerView[]> {
    return this.process.fetchJson<readonly PeerView[]>('/peers')
  }

  /** Topics that it takes, by gossip name. */
  async topics(): Promise<ReadonlyMap<string, string>> {
    const mesh = await this.process.fetchJson<readonly MeshTopicView[]>('/mesh')
    return new Map(mesh.map(({ topic }) => [topic.split('/')[3] ?? '', topic]))
  }

  /** Series of a metric, by the value of one of its labels; those that are 0 are left out. */
  async counts(metric: string, label: string): Promise<ReadonlyMap<string, number>> {
    const response = await fetch(`${this.process.api}/metrics`)
    const counts = new Map<string, number>()
    for (const line of (await response.text()).split('\n')) {
      if (!line.startsWith(`${metric}{`)) continue
      const value = Number(line.slice(line.lastIndexOf(' ') + 1))
      const name = new RegExp(`${label}="([^"]*)"`).exec(line)?.[1] ?? ''
      if (value > 0) counts.set(name, (counts.get(name) ?? 0) + value)
    }
    return counts
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.stop()
    if (this.#keyless !== undefined) rmSync(this.#keyless, { recursive: true, force: true })
  }
}

/** A copy of what everybody may know of a network. */
function withoutKeys(networkDirectory: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'starling-keyless-'))
  for (const file of PUBLIC_FILES) {
    const from = join(networkDirectory, file)
    if (existsSync(from)) copyFileSync(from, join(directory, file))
  }
  return directory
}

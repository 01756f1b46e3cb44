/**
 * Two Prysm nodes on loopback, without a link between them, started by the devnet script of the clients' folder (see
 * README.md beside this file). Node 1 has all validators.
 */
import { spawn } from 'node:child_process'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { NetworkConfig } from '../../src/consensus/network-config.ts'
import { readNetworkDir } from '../../src/consensus/network-dir.ts'
import type { NodePair } from './node-pair.ts'
import { PrysmNode } from './prysm-node.ts'

export interface PrysmPairOptions {
  /** The folder that has devnet.sh. */
  readonly clients: string
  readonly slotSeconds: number
  /** From the start of the script to genesis: two execution clients and two nodes come up in it. */
  readonly delaySeconds?: number
  /** Blobs of each block, 0 to 6. */
  readonly blobs?: number
  readonly validators?: number
}

/** Of the keys that the script gives its nodes. */
const PEER_IDS = [
  '16Uiu2HAkxiQtyy2BqCUdWkYrfrWg87zZs2pFxKXv7BEYVzwVNCNk',
  '16Uiu2HAm6AaAUfxhumgaVjiPGhJ5S1vuMtQs256MJZgek96tqvCx',
] as const
const FORK = 'fulu'
const DEFAULT_DELAY_SECONDS = 30
const DEFAULT_VALIDATORS = 64
const START_TIMEOUT_MS = 120_000

export class PrysmPair implements NodePair {
  readonly networkDirectory: string
  readonly network: NetworkConfig
  readonly nodes: readonly [PrysmNode, PrysmNode]
  readonly validators: number
  readonly #script: string
  readonly #proposers = new Map<number, ReadonlyMap<number, number>>()

  private constructor(script: string, networkDirectory: string, validators: number) {
    this.#script = script
    this.networkDirectory = networkDirectory
    this.network = readNetworkDir(networkDirectory)
    this.validators = validators
    this.nodes = [this.#node(1, PEER_IDS[0]), this.#node(2, PEER_IDS[1])]
  }

  /** Resolves when both nodes answer over HTTP, which is before genesis. */
  static async start(options: PrysmPairOptions): Promise<PrysmPair> {
    const { clients, slotSeconds, delaySeconds = DEFAULT_DELAY_SECONDS, blobs = 0 } = options
    const validators = options.validators ?? DEFAULT_VALIDATORS
    const script = join(clients, 'devnet.sh')
    const cache =
      process.env['STARLING_CLIENTS'] ??
      join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'starling-clients')
    const settings = { ISOLATED: 1, DELAY: delaySeconds, SPS: slotSeconds, BLOBS: blobs, NVAL: validators }
    try {
      await runScript(script, 'start', settings)
      return new PrysmPair(script, join(cache, 'run', `prysm-${FORK}`), validators)
    } catch (error) {
      await runScript(script, 'stop')
      throw error
    }
  }

  /** Ends the nodes when this process is told to end: they are not its children. */
  endWithProcess(): void {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => void this[Symbol.asyncDispose]().finally(() => process.exit(1)))
    }
  }

  async proposerOf(slot: number): Promise<number> {
    const epoch = Math.floor(slot / this.network.slotsPerEpoch)
    const known = this.#proposers.get(epoch) ?? (await this.nodes[0].proposers(epoch))
    this.#proposers.set(epoch, known)
    const proposer = known.get(slot)
    if (proposer === undefined) throw new Error(`nobody knows who proposes in slot ${slot}`)
    return proposer
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await runScript(this.#script, 'stop')
  }

  #node(number: 1 | 2, peerId: string): PrysmNode {
    return new PrysmNode({
      name: `Prysm ${number}`,
      peerId,
      address: `/ip4/127.0.0.1/tcp/${13_100 + number}/p2p/${peerId}`,
      httpPort: 3500 + number,
      grpcPort: 4000 + number,
      logPath: join(this.networkDirectory, `beacon${number}.log`),
      network: this.network,
    })
  }
}

async function runScript(
  script: string,
  command: 'start' | 'stop',
  settings: Record<string, number> = {},
): Promise<void> {
  const texts = Object.entries(settings).map(([name, value]) => [name, String(value)])
  const env = { ...process.env, FORK, ...Object.fromEntries(texts) }
  const child = spawn(script, [command], { env, stdio: ['ignore', 'ignore', 'inherit'], timeout: START_TIMEOUT_MS })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  child.once('error', reject)
  child.once('exit', (code, signal) => {
    if (code === 0) resolve()
    else reject(new Error(`${script} ${command} ended (${code ?? signal})`))
  })
  await promise
}

/**
 * Stand-ins for two clients: a Go peer that publishes the signed blocks of the demo's chain, and one that takes whatever
 * the relay forwards and notes what nobody has proposed. They know no state, so that they show what passes and no more.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ssz } from '@lodestar/types'
import { createForkSchedule } from '../../src/consensus/fork-schedule.ts'
import { genesisHeadBytes, VALIDATOR_BYTES } from '../../src/consensus/genesis-validators.ts'
import type { NetworkConfig } from '../../src/consensus/network-config.ts'
import { formatTopic } from '../../src/consensus/topic.ts'
import { DemoChain } from '../../src/demo/chain.ts'
import { createDemoNetwork, writeNetworkDir } from '../../src/demo/demo-network.ts'
import { proposerOf } from '../../src/demo/duties.ts'
import { createKeyRing, DISTINCT_KEYS, type KeyRing } from '../../src/demo/keys.ts'
import { VALIDATOR_COUNT } from '../../src/demo/validators.ts'
import { toHex } from '../../src/shared/hex.ts'
import { GoPeer, type MessageEvent } from '../support/go-peer.ts'
import { currentSlot, type NodePair, type PairNode, slotStart } from './node-pair.ts'

interface Published {
  readonly slot: number
  readonly rootHex: string
  readonly bytes: Uint8Array
  /** Of the compressed bytes. */
  readonly dataSha256: string
}

/** Into the slot: what a proposer needs on a real network. */
const PROPOSAL_DELAY_MS = 250
/** Where a state has its fork's current version. */
const VERSION_AT = 52

export class SimulatedPair implements NodePair {
  readonly networkDirectory: string
  readonly network: NetworkConfig
  readonly nodes: readonly [SimulatedNode, SimulatedNode]
  readonly validators = VALIDATOR_COUNT
  readonly #chain: DemoChain
  readonly #topic: string
  readonly #published: Published[]
  readonly #ended = new AbortController()
  #proposing: Promise<void> = Promise.resolve()

  private constructor(parts: {
    readonly networkDirectory: string
    readonly network: NetworkConfig
    readonly chain: DemoChain
    readonly topic: string
    readonly peers: readonly [GoPeer, GoPeer]
  }) {
    this.networkDirectory = parts.networkDirectory
    this.network = parts.network
    this.#chain = parts.chain
    this.#topic = parts.topic
    this.#published = []
    const [proposer, reader] = parts.peers
    this.nodes = [
      new SimulatedNode('node 1', proposer, parts.topic, this.#published, true),
      new SimulatedNode('node 2', reader, parts.topic, this.#published, false),
    ]
  }

  /** Starts both and has the first propose in every slot. */
  static async start(): Promise<SimulatedPair> {
    const keys = createKeyRing()
    const network = createDemoNetwork(keys, Date.now())
    const networkDirectory = mkdtempSync(join(tmpdir(), 'starling-pair-'))
    writeNetworkDir(networkDirectory, network.config)
    writeFileSync(join(networkDirectory, 'genesis.ssz'), genesisState(network.config, keys))
    const forkDigest = createForkSchedule(network.config).at(0).digestHex
    const topic = formatTopic(forkDigest, 'beacon_block')
    const metadata = { seqNumber: 1, attnets: '00'.repeat(8), syncnets: '00', custodyGroupCount: 4 }
    const start = (): Promise<GoPeer> =>
      GoPeer.start({ transports: ['tcp'], view: { status: { forkDigest }, metadata } })
    const peers = await Promise.all([start(), start()])
    for (const peer of peers) await peer.subscribe(topic)
    const chain = new DemoChain(network, keys)
    const pair = new SimulatedPair({ networkDirectory, network: network.config, chain, topic, peers })
    pair.#proposing = pair.#propose()
    return pair
  }

  async proposerOf(slot: number): Promise<number> {
    return proposerOf(slot)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort()
    await this.#proposing
    await Promise.all(this.nodes.map(({ peer }) => peer.stop()))
    rmSync(this.networkDirectory, { recursive: true, force: true })
  }

  async #propose(): Promise<void> {
    const { signal } = this.#ended
    for (let slot = currentSlot(this) + 1; !signal.aborted; slot++) {
      await slotStart(this, slot)
      await delay(PROPOSAL_DELAY_MS)
      const { signedBlock, root } = this.#chain.propose({ slot, blobCommitments: [], attestations: [] })
      const bytes = ssz.fulu.SignedBeaconBlock.serialize(signedBlock)
      const { dataSha256 } = await this.nodes[0].peer.publish(this.#topic, { ssz: bytes })
      this.#published.push({ slot, rootHex: toHex(root), bytes, dataSha256 })
    }
  }
}

export class SimulatedNode implements PairNode {
  readonly name: string
  readonly peer: GoPeer
  readonly #topic: string
  readonly #published: readonly Published[]
  readonly #proposes: boolean

  constructor(name: string, peer: GoPeer, topic: string, published: readonly Published[], proposes: boolean) {
    this.name = name
    this.peer = peer
    this.#topic = topic
    this.#published = published
    this.#proposes = proposes
  }

  get peerId(): string {
    return this.peer.peerId
  }

  get address(): string {
    return this.peer.address('tcp')
  }

  async head(): Promise<{ readonly slot: number; readonly rootHex: string } | undefined> {
    return this.#published.findLast((block) => this.#has(block))
  }

  async blockRoot(slot: number): Promise<string | undefined> {
    return this.#find(slot)?.rootHex
  }

  async block(slot: number): Promise<Uint8Array | undefined> {
    return this.#find(slot)?.bytes
  }

  async receivedAtMs(slot: number): Promise<number | undefined> {
    const block = this.#find(slot)
    const message = this.#messages.find(({ dataSha256 }) => dataSha256 === block?.dataSha256)
    return message === undefined ? undefined : Number(message.receivedAtNs) / 1e6
  }

  async complaints(peerId: string): Promise<readonly string[]> {
    const forged = this.#messages.filter((message) => !this.#published.some((block) => isOf(message, block)))
    const goodbyes = this.peer.events.filter(
      (event) =>
        (event.event === 'disconnected' || event.event === 'request') && event.peer === peerId && !isHandshake(event),
    )
    return [
      ...(forged.length > 0 ? [`${forged.length} blocks that nobody has proposed`] : []),
      ...goodbyes.map((event) => JSON.stringify(event)),
    ]
  }

  get #messages(): readonly MessageEvent[] {
    return this.peer.events.filter((event) => event.event === 'message').filter(({ topic }) => topic === this.#topic)
  }

  #find(slot: number): Published | undefined {
    return this.#published.find((block) => block.slot === slot && this.#has(block))
  }

  #has(block: Published): boolean {
    return this.#proposes || this.#messages.some((message) => isOf(message, block))
  }
}

function isOf({ dataSha256 }: MessageEvent, block: Published): boolean {
  return dataSha256 === block.dataSha256
}

function isHandshake(event: { readonly event: string; readonly protocol?: string }): boolean {
  return event.event === 'request' && event.protocol !== 'goodbye/1'
}

/** The parts of a genesis state that are looked at: time, root, version, and the keys of all validators. */
function genesisState(network: NetworkConfig, keys: KeyRing): Uint8Array {
  const head = Buffer.alloc(genesisHeadBytes(network))
  const period = Buffer.alloc(DISTINCT_KEYS * VALIDATOR_BYTES)
  for (let index = 0; index < DISTINCT_KEYS; index++) period.set(keys.publicKeyBytes(index), index * VALIDATOR_BYTES)
  head.writeBigUInt64LE(BigInt(network.genesisTimeSeconds))
  head.write(network.genesisValidatorsRootHex, 8, 'hex')
  head.write(network.forks.find(({ name }) => name === 'fulu')?.versionHex ?? '', VERSION_AT, 'hex')
  // The last two offsets of the head: validators, and what comes behind them.
  head.writeUInt32LE(head.length, head.length - 8)
  head.writeUInt32LE(head.length + VALIDATOR_COUNT * VALIDATOR_BYTES, head.length - 4)
  return Buffer.concat([head, ...Array.from({ length: VALIDATOR_COUNT / DISTINCT_KEYS }, () => period)])
}

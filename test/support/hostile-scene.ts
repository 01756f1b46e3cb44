/**
 * One relay in the test's own process, three good peers exchanging blocks through it, and hostile ones that a test lets
 * in. What the relay thinks of them is read as `GET /peers/{id}` and `GET /peers/banned` would show it.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { NetworkConfig } from '../../src/consensus/network-config.ts'
import type { PeerView } from '../../src/rpc/peer-views.ts'
import type { GoMetadata, PublishBody } from './go-peer.ts'
import { GoWirePeer } from './go-wire-peer.ts'
import { GoodPeers } from './good-peers.ts'
import { relayNetwork } from './relay-config.ts'
import { meshOf, type RunningRelay, startRelay } from './two-nodes.ts'
import { serialized, slotNow, unsignedBlock } from './unsigned-block.ts'
import { until } from './until.ts'

/** Goodbye reasons of the specification and of the clients. */
export const GOODBYE = { irrelevantNetwork: 2, badScore: 250 } as const

/** Weight of the gossip score in the combined one. */
export const GOSSIP_WEIGHT = 19 / 16_000

export interface SceneOptions {
  /** Size of a valid block before compression, which halves it. Default 20,000. */
  readonly blockBytes?: number
  /** Between two valid blocks; by default seven a slot, of the eight unsigned ones that pass. */
  readonly blockPeriodMs?: number
  /** `none`: the relay lets any bytes through, and as many blocks a slot as come. Default `blind`. */
  readonly validation?: 'blind' | 'none'
}

const BLOCK_PERIOD_MS = 300

/** The shortest period at which the peer manager looks at its peers. */
const TICK_MS = 500
/** What the place of the only transaction takes beside its bytes. */
const OFFSET_BYTES = 4
const METADATA: GoMetadata = { seqNumber: 7, attnets: '03'.padEnd(16, '0'), syncnets: '01', custodyGroupCount: 8 }

export class HostileScene implements AsyncDisposable {
  readonly network: NetworkConfig
  readonly relay: RunningRelay
  /** The block topic of the relay's digest. */
  readonly topic: string
  readonly good: GoodPeers
  readonly #hostile: GoWirePeer[] = []

  private constructor(network: NetworkConfig, relay: RunningRelay, topic: string, good: GoodPeers) {
    this.network = network
    this.relay = relay
    this.topic = topic
    this.good = good
  }

  /** Starts the relay and the good peers; valid blocks flow from then on. */
  static async start(options: SceneOptions = {}): Promise<HostileScene> {
    const { blockBytes = 20_000, blockPeriodMs = BLOCK_PERIOD_MS, validation = 'blind' } = options
    const network = relayNetwork()
    const relay = await startRelay({ config: { network, validation: { default: validation, perTopic: {} } } })
    try {
      const { control } = relay
      const settings = await control.getConfig()
      await control.applySettings({ ...settings, heartbeat_interval_ms: null, discovery_interval_ms: TICK_MS })
      const topic = (await control.listMesh())[0]?.topic ?? ''
      const view = { status: { forkDigest: digestOf(topic) }, metadata: METADATA }
      const sizeBytes = blockBytes
      const madeUp = (): PublishBody => ({ sizeBytes, slot: slotNow(network) })
      const nextBlock = validation === 'none' ? madeUp : validBlocks(network, sizeBytes)
      const good = await GoodPeers.start({ relay, topic, view, blockPeriodMs, nextBlock })
      return new HostileScene(network, relay, topic, good)
    } catch (error) {
      await relay[Symbol.asyncDispose]()
      throw error
    }
  }

  /** A hostile peer, connected with its gossip stream open; `forkDigest` is what it answers when asked for its Status. */
  async startHostile({ forkDigest = digestOf(this.topic) }: { forkDigest?: string } = {}): Promise<GoWirePeer> {
    const hostile = await GoWirePeer.start({ view: { status: { forkDigest }, metadata: METADATA } })
    this.#hostile.push(hostile)
    await hostile.dial(this.#address)
    return hostile
  }

  /** A hostile peer in the relay's mesh of the block topic. */
  async startMeshed(): Promise<GoWirePeer> {
    const hostile = await this.startHostile()
    await hostile.waitForRpc("the relay's hello", ({ subscribe }) => subscribe?.includes(this.topic) === true)
    await hostile.send(this.relay.peerId, { subscribe: [this.topic], graft: [this.topic] })
    await until('the hostile peer in the mesh', async () => {
      const members = await meshOf(this.relay, this.topic)
      return members.includes(hostile.peerId)
    })
    return hostile
  }

  /** What the relay shows of a hostile peer, connected or gone. */
  async view({ peerId }: GoWirePeer): Promise<PeerView> {
    return await this.relay.control.getPeer(peerId)
  }

  async isBanned({ peerId }: GoWirePeer): Promise<boolean> {
    const banned = await this.relay.control.listScoreBans()
    return banned.includes(peerId)
  }

  /** Waits until a peer lost its connection for the `nth` time, and asserts that it was told why. */
  async sentAway(hostile: GoWirePeer, reason: number, nth = 1): Promise<void> {
    await hostile.waitForDisconnect(nth)
    assert.equal(hostile.goodbyes[nth - 1], reason)
    await until('the relay to show the peer as gone', async () => {
      const { state } = await this.view(hostile)
      return state === 'disconnected'
    })
  }

  /** Lets a peer that was sent away, and is not banned, come back. */
  async returns(hostile: GoWirePeer): Promise<void> {
    assert.equal(await this.isBanned(hostile), false, 'banned already')
    assert.deepEqual(await hostile.redial(this.#address), { refused: false, why: '' })
  }

  /** Asserts that a peer is listed as banned and gets no connection any more. */
  async staysOut(hostile: GoWirePeer): Promise<void> {
    assert.ok(await this.isBanned(hostile), 'not listed as banned')
    const told = this.relay.scoreBans.filter(({ peerId }) => peerId === hostile.peerId)
    assert.equal(told.length, 1, 'the ban is to be kept, so it is told of once')
    const { refused, why } = await hostile.redial(this.#address)
    assert.ok(refused, 'a banned peer was let in')
    assert.doesNotMatch(why, /dial backoff|connection refused/, 'it did not get as far as the relay')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.good[Symbol.asyncDispose]()
    await Promise.all(this.#hostile.map((peer) => peer.stop()))
    await this.relay[Symbol.asyncDispose]()
  }

  get #address(): string {
    return this.relay.addresses[0] ?? ''
  }
}

export function assertBetween(value: number, low: number, high: number): void {
  assert.ok(value >= low && value <= high, `${value} is not in ${low}..${high}`)
}

/** Blocks of the current slot, each of another proposer. Half of a block is noise. */
function validBlocks(network: NetworkConfig, sizeBytes: number): () => PublishBody {
  let made = 0
  return () => {
    const block = unsignedBlock(network, slotNow(network), made++)
    const emptyBytes = serialized(block).length + OFFSET_BYTES
    const transaction = Buffer.alloc(sizeBytes - emptyBytes)
    transaction.set(randomBytes(Math.floor(transaction.length / 2)))
    block.message.body.executionPayload.transactions = [transaction]
    return { ssz: serialized(block) }
  }
}

function digestOf(topic: string): string {
  return topic.split('/')[2] ?? ''
}

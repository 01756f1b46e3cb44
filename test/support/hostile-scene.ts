/**
 * One relay in the test's own process, three good peers exchanging blocks through it, and hostile ones that a test lets
 * in. What the relay thinks of them is read as `GET /peers/{id}` and `GET /peers/banned` would show it.
 */
import assert from 'node:assert/strict'
import type { PeerView } from '../../src/rpc/contract.ts'
import type { GoMetadata } from './go-peer.ts'
import { GoWirePeer } from './go-wire-peer.ts'
import { GoodPeers } from './good-peers.ts'
import { relayNetwork } from './relay-config.ts'
import { meshOf, type RunningRelay, startRelay } from './two-nodes.ts'
import { until } from './until.ts'

/** Goodbye reasons of the specification and of the clients. */
export const GOODBYE = { irrelevantNetwork: 2, badScore: 250 } as const

/** Weight of the gossip score in the combined one. */
export const GOSSIP_WEIGHT = 19 / 16_000

export interface SceneOptions {
  /** Size of a valid block before compression, which halves it. Default 20,000. */
  readonly blockBytes?: number
  /** Between two valid blocks. Default 100. */
  readonly blockPeriodMs?: number
}

/** The shortest period at which the peer manager looks at its peers. */
const TICK_MS = 500
const METADATA: GoMetadata = { seqNumber: 7, attnets: '03'.padEnd(16, '0'), syncnets: '01', custodyGroupCount: 8 }

export class HostileScene implements AsyncDisposable {
  readonly relay: RunningRelay
  /** The block topic of the relay's digest. */
  readonly topic: string
  readonly good: GoodPeers
  readonly #hostile: GoWirePeer[] = []

  private constructor(relay: RunningRelay, topic: string, good: GoodPeers) {
    this.relay = relay
    this.topic = topic
    this.good = good
  }

  /** Starts the relay and the good peers; valid blocks flow from then on. */
  static async start({ blockBytes = 20_000, blockPeriodMs = 100 }: SceneOptions = {}): Promise<HostileScene> {
    const network = relayNetwork()
    const relay = await startRelay({ config: { network } })
    try {
      const { control } = relay
      const settings = await control.getConfig()
      await control.applySettings({ ...settings, heartbeat_interval_ms: null, discovery_interval_ms: TICK_MS })
      const topic = (await control.listMesh())[0]?.topic ?? ''
      const slot = (): number => Math.floor((Date.now() - network.genesisTimeSeconds * 1000) / network.slotDurationMs)
      const view = { status: { forkDigest: digestOf(topic) }, metadata: METADATA }
      const good = await GoodPeers.start({ relay, topic, view, blockPeriodMs, blockBytes, slot })
      return new HostileScene(relay, topic, good)
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

function digestOf(topic: string): string {
  return topic.split('/')[2] ?? ''
}

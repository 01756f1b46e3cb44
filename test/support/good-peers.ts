/**
 * Three well-behaved Go peers in a relay's mesh of the block topic. They know each other through the relay alone: what
 * one publishes the others get from it or not at all. From start to end one publishes valid blocks, and all are watched.
 */
import assert from 'node:assert/strict'
import { GoPeer, type GoView, type PublishBody } from './go-peer.ts'
import type { RunningRelay } from './two-nodes.ts'
import { until } from './until.ts'

export interface GoodPeersOptions {
  readonly relay: RunningRelay
  readonly topic: string
  readonly view: GoView
  readonly blockPeriodMs: number
  /** A block that the relay is to let through, unlike all before it. */
  readonly nextBlock: () => PublishBody
}

const WATCH_PERIOD_MS = 50
/** How long a block may take from one good peer to another. */
const DELIVERY_MS = 30_000

export class GoodPeers implements AsyncDisposable {
  readonly #options: GoodPeersOptions
  readonly #publisher: GoPeer
  readonly #readers: readonly GoPeer[]
  /** Ids of the valid blocks. */
  readonly #published: string[] = []
  /** What the relay ever held against one of them, in words; a test reports them all at once. */
  readonly #losses = new Set<string>()
  readonly #timers: NodeJS.Timeout[] = []
  #publishing: Promise<unknown> = Promise.resolve()
  #isPublishing = false

  private constructor(options: GoodPeersOptions, publisher: GoPeer, readers: readonly GoPeer[]) {
    this.#options = options
    this.#publisher = publisher
    this.#readers = readers
  }

  /** Starts the peers and waits until valid blocks flow. */
  static async start(options: GoodPeersOptions): Promise<GoodPeers> {
    const start = (): Promise<GoPeer> => GoPeer.start({ transports: ['tcp'], view: options.view })
    const [publisher, ...readers] = await Promise.all([start(), start(), start()])
    const peers = new GoodPeers(options, publisher, readers)
    try {
      await peers.#join()
    } catch (error) {
      await peers[Symbol.asyncDispose]()
      throw error
    }
    return peers
  }

  /** Valid blocks so far. */
  get blocks(): number {
    return this.#published.length
  }

  /**
   * Ends the valid blocks. Asserts that each reader got all of them and nothing else, that no peer ever had a negative
   * score, and that none was ever told to go.
   */
  async lostNothing(): Promise<void> {
    const before = this.blocks
    await until('valid blocks after all that', () => this.blocks >= before + 3)
    this.#stopTimers()
    await this.#publishing
    await this.#watch()
    for (const reader of this.#readers) await this.#gotEverything(reader)
    assert.deepEqual([...this.#losses], [])
    for (const { events } of this.#all) {
      const farewells = events.filter(({ event }) => event === 'disconnected')
      const goodbyes = events.filter((event) => event.event === 'request' && event.protocol === 'goodbye/1')
      assert.deepEqual([...farewells, ...goodbyes], [])
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopTimers()
    await this.#publishing.catch(() => undefined)
    await Promise.all(this.#all.map((peer) => peer.stop()))
  }

  get #all(): readonly GoPeer[] {
    return [this.#publisher, ...this.#readers]
  }

  async #join(): Promise<void> {
    const { relay, topic, blockPeriodMs } = this.#options
    for (const peer of this.#all) {
      await peer.subscribe(topic)
      await peer.dial(relay.addresses[0] ?? '')
    }
    for (const peer of this.#all) await peer.waitForMesh('graft', topic, relay.peerId)
    this.#timers.push(setInterval(() => this.#publishNext(), blockPeriodMs))
    this.#timers.push(setInterval(() => void this.#watch(), WATCH_PERIOD_MS))
    await until('valid blocks', () => this.blocks >= 3)
  }

  /** One after the other: what the publisher cannot take in time is left out, not piled up. */
  #publishNext(): void {
    if (this.#isPublishing) return
    this.#isPublishing = true
    this.#publishing = this.#publish().finally(() => {
      this.#isPublishing = false
    })
  }

  async #publish(): Promise<void> {
    const { topic, nextBlock } = this.#options
    const { id } = await this.#publisher.publish(topic, nextBlock())
    this.#published.push(id)
  }

  async #watch(): Promise<void> {
    const views = await this.#options.relay.control.listPeers()
    this.#all.forEach(({ peerId }, index) => {
      const view = views.find(({ peer_id }) => peer_id === peerId)
      const record = view && {
        state: view.state,
        score: view.score,
        peer: view.peer_score,
        gossip: view.gossipsub_score,
      }
      if (view?.state !== 'connected' || view.score < 0 || view.peer_score < 0 || view.gossipsub_score < 0) {
        this.#losses.add(`good peer ${index}: ${JSON.stringify(record)}`)
      }
    })
  }

  async #gotEverything(reader: GoPeer): Promise<void> {
    for (const id of this.#published) {
      const { from } = await reader.waitForMessage(id, DELIVERY_MS)
      assert.equal(from, this.#options.relay.peerId)
    }
    const arrived = reader.events.filter(({ event }) => event === 'message')
    assert.equal(arrived.length, this.blocks, 'something else than the valid blocks came through')
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }
}

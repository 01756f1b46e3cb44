/**
 * One peer of the swarm. It dials the relay and nobody else, shakes hands by status, subscribes to whatever the relay
 * is subscribed to, and dials again when it was disconnected.
 */
import type { Libp2p } from '@libp2p/interface'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import type { Clock } from '../shared/clock.ts'
import { exchangeStatus, type LocalPeer, serveReqResp } from './reqresp.ts'
import { createSwarmNode, type SwarmNode } from './swarm-node.ts'
import { waitUntil } from './wait.ts'

/** Between a disconnection or a failed dial and the next dial. */
const REDIAL_MS = 2000
const DIAL_TIMEOUT_MS = 5000

export interface SwarmPeerDeps {
  readonly clock: Clock
  readonly agentVersion: string
  readonly local: LocalPeer
  /** A message of another peer arrived, by the relay. */
  readonly onMessage: () => void
}

export class SwarmPeer {
  readonly #deps: SwarmPeerDeps
  readonly #node: SwarmNode
  readonly #ended = new AbortController()
  #isConnected = false
  #keeping: Promise<void> | undefined

  private constructor(deps: SwarmPeerDeps, node: SwarmNode) {
    this.#deps = deps
    this.#node = node
  }

  /** A started peer without connections. */
  static async start(deps: SwarmPeerDeps): Promise<SwarmPeer> {
    const node = await createSwarmNode(deps.agentVersion)
    const peer = new SwarmPeer(deps, node)
    await serveReqResp(node as Libp2p, deps.local)
    node.services.gossip.addEventListener('gossipsub:message', () => deps.onMessage())
    node.services.gossip.addEventListener('subscription-change', (event) => {
      for (const { topic, subscribe } of event.detail.subscriptions) peer.#follow(topic, subscribe)
    })
    await node.start()
    return peer
  }

  get isConnected(): boolean {
    return this.#isConnected
  }

  /** Topics the relay announced to us, and so ours. */
  topics(): readonly string[] {
    return this.#node.services.gossip.getTopics()
  }

  /** Dials the relay, and again whenever the connection is lost, until `stop`. */
  keepConnected(relayAddress: string): void {
    this.#keeping ??= this.#keepConnected(multiaddr(relayAddress))
  }

  /** Publishes SSZ bytes; answers whether they were sent to the relay. */
  async publish(topic: string, ssz: Uint8Array): Promise<boolean> {
    const { recipients } = await this.#node.services.gossip.publish(topic, ssz)
    return recipients.length > 0
  }

  /** Hangs up and stops the node. Idempotent. */
  async stop(): Promise<void> {
    this.#ended.abort()
    await this.#node.stop()
    await this.#keeping
  }

  #follow(topic: string, isSubscribed: boolean): void {
    const { gossip } = this.#node.services
    if (isSubscribed) gossip.subscribe(topic)
    else gossip.unsubscribe(topic)
  }

  async #keepConnected(address: Multiaddr): Promise<void> {
    const { signal } = this.#ended
    while (!signal.aborted) {
      await this.#connection(address).catch(() => undefined) // whatever it was, the answer is to dial again
      await waitUntil(this.#deps.clock, this.#deps.clock.nowMs() + REDIAL_MS, signal)
    }
  }

  /** One connection from dial to end. */
  async #connection(address: Multiaddr): Promise<void> {
    const signal = AbortSignal.any([this.#ended.signal, AbortSignal.timeout(DIAL_TIMEOUT_MS)])
    const connection = await this.#node.dial(address, { signal })
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    connection.addEventListener('close', () => resolve(), { once: true })
    try {
      await exchangeStatus(connection, this.#deps.local)
      this.#isConnected = true
      if (connection.status === 'open') await closed
    } finally {
      this.#isConnected = false
      if (connection.status === 'open') await connection.close()
    }
  }
}

/** A libp2p node with stock gossipsub in the relay's place, so that the swarm is tested without the relay. */

import { BitArray } from '@chainsafe/ssz'
import type { Libp2p } from '@libp2p/interface'
import { formatTopic } from '../../../src/consensus/topic.ts'
import { serveReqResp } from '../../../src/demo/reqresp.ts'
import { createSwarmNode, type SwarmNode } from '../../../src/demo/swarm-node.ts'

export const DIGEST_HEX = 'a1b2c3d4'

export interface ReceivedMessage {
  readonly topic: string
  readonly ssz: Uint8Array
}

export class PlainRelay implements AsyncDisposable {
  readonly received: ReceivedMessage[] = []
  readonly #node: SwarmNode
  readonly #mesh = new Map<string, Set<string>>()

  private constructor(node: SwarmNode) {
    this.#node = node
    node.services.gossip.addEventListener('gossipsub:message', ({ detail: { msg } }) => {
      this.received.push({ topic: msg.topic, ssz: msg.data })
    })
    node.services.gossip.addEventListener('gossipsub:graft', ({ detail: { topic, peerId } }) => {
      this.#mesh.set(topic, (this.#mesh.get(topic) ?? new Set()).add(peerId))
    })
    node.services.gossip.addEventListener('gossipsub:prune', ({ detail: { topic, peerId } }) => {
      this.#mesh.get(topic)?.delete(peerId)
    })
  }

  /** A started relay that is subscribed to topics of these names. */
  static async start(names: readonly string[]): Promise<PlainRelay> {
    const node = await createSwarmNode('plain-relay')
    await serveReqResp(node as Libp2p, {
      status: () => ({
        forkDigest: Buffer.from(DIGEST_HEX, 'hex'),
        finalizedRoot: new Uint8Array(32),
        finalizedEpoch: 0,
        headRoot: new Uint8Array(32),
        headSlot: 0,
        earliestAvailableSlot: 0,
      }),
      metadata: () => ({
        seqNumber: 0n,
        attnets: BitArray.fromBitLen(64),
        syncnets: BitArray.fromBitLen(4),
        custodyGroupCount: 4,
      }),
    })
    const relay = new PlainRelay(node)
    await node.start()
    for (const name of names) node.services.gossip.subscribe(formatTopic(DIGEST_HEX, name))
    return relay
  }

  get address(): string {
    const [address] = this.#node.getMultiaddrs()
    if (address === undefined) throw new Error('the relay does not listen')
    return address.toString()
  }

  /** Peers that are subscribed to the topic of `name`. */
  subscriberCount(name: string): number {
    return this.#node.services.gossip.getSubscribers(formatTopic(DIGEST_HEX, name)).length
  }

  /** Peers that get what comes on the topic of `name` at once, and not by asking for it. */
  meshCount(name: string): number {
    return this.#mesh.get(formatTopic(DIGEST_HEX, name))?.size ?? 0
  }

  async hangUpAll(): Promise<void> {
    await Promise.all(this.#node.getPeers().map((peer) => this.#node.hangUp(peer)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#node.stop()
  }
}

/** Looks every 20 ms whether `isTrue`. @throws Error after `timeoutMs` */
export async function eventually(isTrue: () => boolean, what: string, timeoutMs = 30_000): Promise<void> {
  const endMs = performance.now() + timeoutMs
  while (!isTrue()) {
    if (performance.now() > endMs) throw new Error(`not within ${timeoutMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

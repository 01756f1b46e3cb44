/**
 * Gossipsub as this relay runs it: the library's router, extended at run time (design.md §5). What is changed:
 * a message is encoded once for all its receivers, a peer whose queue is full is skipped instead of having its stream
 * torn down, ids are kept in bounded tables, and every message is timed from the RPC that brought it to the last stream
 * it was handed to.
 */
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { PeerId } from '@libp2p/interface'
import type { Clock } from '../../shared/clock.ts'
import type { MsgIdStr, PeerIdStr, TopicStr } from '../../shared/ids.ts'
import {
  assertGossipsubShape,
  Gossipsub,
  type RouterComponents,
  type RouterOptions,
  type TopicValidator,
} from './gossipsub-internals.ts'
import { prefixWithLength } from './length-prefix.ts'
import { RecentFastIds } from './recent-fast-ids.ts'
import { SeenIds } from './seen-ids.ts'

export type { RouterComponents } from './gossipsub-internals.ts'

/**
 * Bytes that may wait for one peer before its copies are dropped. Half of the stream's own limit, past which libp2p
 * aborts the stream for good; 8 MiB is some ten of the largest blocks seen on mainnet.
 */
export const FORWARD_QUEUE_BYTES = 8 * 1024 * 1024

/** What the router tells the statistics. Called on the hot path: implementations only count. */
export interface RouterObserver {
  onReceived(sizeBytes: number): void
  onDuplicate(): void
  onForwarded(topic: TopicStr, peers: number, sizeBytes: number, tookMs: number): void
  onDropped(topic: TopicStr): void
}

export interface RelayRouterDeps {
  readonly observer: RouterObserver
  readonly clock: Clock
  /** How long a message id is known: seen_ttl. */
  readonly seenTtlMs: number
  /** Topics of which peers' subscriptions are kept; the library copies the list it is given, so it is set here. */
  readonly knownTopics: Set<TopicStr>
}

export class RelayRouter extends Gossipsub {
  readonly #observer: RouterObserver
  readonly #monotonicMs: () => number
  /** When the RPC that carries a message arrived. Weak: an entry lives as long as gossipsub holds the message. */
  readonly #arrivedMs = new WeakMap<RPC.Message, number>()

  constructor(components: RouterComponents, options: RouterOptions, deps: RelayRouterDeps) {
    super(components, options)
    assertGossipsubShape(this)
    const { observer, clock, seenTtlMs } = deps
    this.allowedTopics = deps.knownTopics
    this.#observer = observer
    this.#monotonicMs = () => clock.monotonicMs()
    this.seenCache = new SeenIds({ clock, ttlMs: seenTtlMs })
    this.fastMsgIdCache = new RecentFastIds(clock)
    this.#observeDuplicates()
  }

  override handleReceivedRpc(from: PeerId, rpc: RPC): Promise<void> {
    if (rpc.messages.length > 0) {
      const nowMs = this.#monotonicMs()
      for (const message of rpc.messages) {
        this.#arrivedMs.set(message, nowMs)
        this.#observer.onReceived(message.data?.length ?? 0)
      }
      // Known topics that we are not in: late messages of one we left are no fault of their sender.
      rpc.messages = rpc.messages.filter(({ topic }) => this.topicValidators.has(topic))
    }
    return super.handleReceivedRpc(from, rpc)
  }

  override forwardMessage(msgId: MsgIdStr, message: RPC.Message, source?: PeerIdStr, exclude?: Set<PeerIdStr>): void {
    if (source !== undefined) this.score.deliverMessage(source, msgId, message.topic)
    const receivers = this.selectPeersToForward(message.topic, source, exclude)
    if (receivers.size === 0) return
    const frame = prefixWithLength(RPC.encode({ subscriptions: [], messages: [message] }))
    let sent = 0
    for (const peerId of receivers) {
      if (this.idontwants.get(peerId)?.has(msgId) === true) continue
      if (this.#push(peerId, frame, message.topic)) sent++
    }
    const arrivedMs = this.#arrivedMs.get(message)
    const tookMs = arrivedMs === undefined ? 0 : this.#monotonicMs() - arrivedMs
    this.#observer.onForwarded(message.topic, sent, message.data?.length ?? 0, tookMs)
  }

  /** Lets messages of a topic in, each judged by `validator`. Comes before `subscribe`, so that none slips by. */
  allow(topic: TopicStr, validator: TopicValidator): void {
    this.topicValidators.set(topic, validator)
    this.allowedTopics?.add(topic)
  }

  /** Shuts a topic out; comes after `unsubscribe`. */
  disallow(topic: TopicStr): void {
    this.allowedTopics?.delete(topic)
    this.topicValidators.delete(topic)
  }

  /** Peers of a topic's mesh, none when we are not in the topic. */
  meshPeers(topic: TopicStr): readonly PeerIdStr[] {
    return [...(this.mesh.get(topic) ?? [])]
  }

  /** The score is told of each duplicate and nobody else is. */
  #observeDuplicates(): void {
    const { score } = this
    const duplicateMessage = score.duplicateMessage.bind(score)
    score.duplicateMessage = (from, msgId, topic) => {
      this.#observer.onDuplicate()
      duplicateMessage(from, msgId, topic)
    }
  }

  #push(peerId: PeerIdStr, frame: Uint8Array, topic: TopicStr): boolean {
    const stream = this.streamsOutbound.get(peerId)
    if (stream === undefined) return false
    if (stream.rawStream.writeBufferLength > FORWARD_QUEUE_BYTES) {
      this.#observer.onDropped(topic)
      return false
    }
    try {
      stream.pushPrefixed(frame)
      return true
    } catch {
      this.#observer.onDropped(topic)
      return false
    }
  }
}

/**
 * Gossipsub as this relay runs it. Five layers, each a class: upstream's faults mended (mended-router.ts), the mesh in
 * the operator's hand (mesh-router.ts), what peers' conduct does to their scores (scored-router.ts), counts of what goes
 * over the streams (counted-router.ts), and here the way of a message: encoded once for all its receivers, joined with
 * others when short ones come in a crowd, queued by class for peers that do not keep up, known by bounded tables of ids,
 * and timed from the RPC that brought it to the last stream it was handed to.
 */
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { Connection, PeerId } from '@libp2p/interface'
import type { Clock } from '../../shared/clock.ts'
import type { MsgIdStr, PeerIdStr, TopicStr } from '../../shared/ids.ts'
import { type KindIndex, UNKNOWN_KIND } from '../stats/kind-traffic.ts'
import { CountedRouter } from './counted-router.ts'
import type { RouterComponents, RouterOptions, TopicValidator } from './gossipsub-internals.ts'
import { prefixWithLength } from './length-prefix.ts'
import type { MessageClass } from './message-class.ts'
import { type DropReason, isShort, type OutboxMessage, PeerOutbox } from './peer-outbox.ts'
import { RecentFastIds } from './recent-fast-ids.ts'
import type { ScoredRouterDeps } from './scored-router.ts'
import { SeenIds } from './seen-ids.ts'
import { SendWindow } from './send-window.ts'
import { isTooSlow } from './slow-peer.ts'

export type { RouterComponents } from './gossipsub-internals.ts'

/** What the router tells the statistics. Called on the hot path: implementations only count. */
export interface RouterObserver {
  onReceived(kind: KindIndex, sizeBytes: number): void
  onDuplicate(kind: KindIndex): void
  onForwarded(kind: KindIndex, peers: number, sizeBytes: number, tookMs: number): void
  onDropped(reason: DropReason, messageClass: MessageClass): void
}

/** What becomes of each message, for whoever follows single ones. Called on the hot path: implementations take note. */
export interface PassageObserver {
  /** Accepted, and handed to its receivers. `atMs`: monotonic, of the first bytes of its RPC. */
  onPassed(topic: TopicStr, msgId: MsgIdStr, payload: Uint8Array, from: PeerIdStr, atMs: number): void
  /** A copy of a message that came before. */
  onCopy(msgId: MsgIdStr, from: PeerIdStr): void
}

export interface RelayRouterDeps extends ScoredRouterDeps {
  readonly observer: RouterObserver
  readonly passage?: PassageObserver
  readonly clock: Clock
  /** How long a message id is known: seen_ttl. */
  readonly seenTtlMs: number
  /** How long a copy may wait for a slow peer. */
  readonly maxQueuedMs: number
  readonly classOf: (topic: TopicStr) => MessageClass
  /** Topics of which peers' subscriptions are kept; the library copies the list it is given, so it is set here. */
  readonly knownTopics: Set<TopicStr>
}

/** Copies of one message handed to outboxes, of which some may still wait for the end of the turn. */
interface Forwarded {
  readonly kind: KindIndex
  readonly sent: number
  readonly payloadBytes: number
  readonly arrivedAtMs: number | undefined
}

/** The RPC that brought a message. */
interface Arrival {
  readonly from: PeerId
  readonly atMs: number
}

export class RelayRouter extends CountedRouter {
  readonly #deps: RelayRouterDeps
  /** By the payload as it came, which upstream hands on as it is. Weak: an entry lives as long as gossipsub holds it. */
  readonly #arrivals = new WeakMap<Uint8Array, Arrival>()
  /** By peer id, made when first sent to; an entry goes with its peer. */
  readonly #outboxes = new Map<PeerIdStr, PeerOutbox>()
  /** Of every topic that is let in, by its name: the one look-up of a message that comes. */
  readonly #kinds = new Map<TopicStr, KindIndex>()
  readonly #window: SendWindow<Forwarded>
  #slowCheckedAtMs = 0

  constructor(components: RouterComponents, options: RouterOptions, deps: RelayRouterDeps) {
    super(components, options, deps)
    const { clock, seenTtlMs } = deps
    this.#deps = deps
    this.#window = new SendWindow({
      clock,
      flush: (peerId) => this.#flush(peerId),
      tell: (forwarded) => this.#tell(forwarded),
    })
    this.allowedTopics = deps.knownTopics
    this.seenCache = new SeenIds({ clock, ttlMs: seenTtlMs })
    this.fastMsgIdCache = new RecentFastIds(clock)
    this.#observeDuplicates()
  }

  override handleReceivedRpc(from: PeerId, rpc: RPC): Promise<void> {
    if (rpc.messages.length > 0) {
      const arrival = { from, atMs: this.#deps.clock.monotonicMs() }
      // Known topics that we are not in are left out: late messages of one we left are no fault of their sender.
      rpc.messages = rpc.messages.filter((message) => {
        message.data ??= new Uint8Array()
        this.#arrivals.set(message.data, arrival)
        const kind = this.#kinds.get(message.topic)
        this.#deps.observer.onReceived(kind ?? UNKNOWN_KIND, message.data.length)
        return kind !== undefined
      })
    }
    return super.handleReceivedRpc(from, rpc)
  }

  override forwardMessage(msgId: MsgIdStr, message: RPC.Message, source?: PeerIdStr, exclude?: Set<PeerIdStr>): void {
    const { topic } = message
    if (source !== undefined) this.score.deliverMessage(source, msgId, topic)
    this.#send(msgId, message, source, exclude)
    const arrival = message.data === undefined ? undefined : this.#arrivals.get(message.data)
    if (arrival === undefined || message.data === undefined || source === undefined) return
    this.#deps.passage?.onPassed(topic, msgId, message.data, source, arrival.atMs)
  }

  override heartbeat(): Promise<void> {
    for (const [peerId, outbox] of this.#outboxes) {
      const stream = outbox.bytes > 0 ? this.streamsOutbound.get(peerId) : undefined
      if (stream !== undefined) outbox.drain(stream)
    }
    this.#checkSlowPeers()
    return super.heartbeat()
  }

  override async createOutboundStream(peerId: PeerId, connection: Connection): Promise<void> {
    const id = peerId.toString()
    const before = this.streamsOutbound.get(id)
    await super.createOutboundStream(peerId, connection)
    const after = this.streamsOutbound.get(id)
    if (after === undefined || after === before) return
    after.rawStream.addEventListener('drain', () => {
      const stream = this.streamsOutbound.get(id)
      if (stream !== undefined) this.#outboxes.get(id)?.drain(stream)
    })
  }

  override removePeer(peerId: PeerId): void {
    this.#outboxes.delete(peerId.toString())
    super.removePeer(peerId)
  }

  /** Lets messages of a topic in, each judged by `validator`. Comes before `subscribe`, so that none slips by. */
  allow(topic: TopicStr, validator: TopicValidator, kind: KindIndex = UNKNOWN_KIND): void {
    this.topicValidators.set(topic, validator)
    this.#kinds.set(topic, kind)
    this.allowedTopics?.add(topic)
  }

  /** Shuts a topic out; comes after `unsubscribe`. */
  disallow(topic: TopicStr): void {
    this.allowedTopics?.delete(topic)
    this.#kinds.delete(topic)
    this.topicValidators.delete(topic)
  }

  /** Who sent the message with this payload, which must be the array itself; undefined when no RPC brought it. */
  senderOf(payload: Uint8Array): PeerIdStr | undefined {
    return this.#arrivals.get(payload)?.from.toString()
  }

  /** Peers of a topic's mesh, none when we are not in the topic. */
  meshPeers(topic: TopicStr): readonly PeerIdStr[] {
    return [...(this.mesh.get(topic) ?? [])]
  }

  /** Explicit peers that take a topic: they get every message of it without being in the mesh. */
  explicitPeers(topic: TopicStr): readonly PeerIdStr[] {
    const takers = this.topics.get(topic)
    return [...this.direct].filter((peerId) => takers?.has(peerId) === true)
  }

  /** What waited for a stream that broke is lost: the peer did not take it fast enough, or is on its way out. */
  protected override onOutboundLost(peerId: PeerIdStr): void {
    this.#outboxes.get(peerId)?.clear('stream_lost')
  }

  /** Once a second: a peer that messages failed to reach is told of, one that kept them waiting leaves every mesh. */
  #checkSlowPeers(): void {
    const nowMs = this.#deps.clock.monotonicMs()
    if (nowMs - this.#slowCheckedAtMs < 1000) return
    this.#slowCheckedAtMs = nowMs
    this.reportSlowPeers()
    for (const [peerId, outbox] of this.#outboxes) {
      if (!isTooSlow(outbox.waitingMs)) continue
      for (const topic of this.mesh.keys()) void this.cutLink(peerId, topic, 'slow_peer')
    }
  }

  #send(msgId: MsgIdStr, message: RPC.Message, source?: PeerIdStr, exclude?: Set<PeerIdStr>): void {
    const { topic } = message
    const receivers = this.selectPeersToForward(topic, source, exclude)
    if (receivers.size === 0) return
    const rpc = RPC.encode({ subscriptions: [], messages: [message] })
    const outgoing = { frame: prefixWithLength(rpc), rpc, msgId, class: this.#deps.classOf(topic) }
    const mayWait = isShort(outgoing) && this.#window.isBusy()
    const { sent, isWaiting } = this.#offer(receivers, outgoing, mayWait)
    const arrival = message.data === undefined ? undefined : this.#arrivals.get(message.data)
    const kind = this.#kinds.get(topic) ?? UNKNOWN_KIND
    const forwarded = { kind, sent, payloadBytes: message.data?.length ?? 0, arrivedAtMs: arrival?.atMs }
    if (isWaiting) this.#window.tellThen(forwarded)
    else this.#tell(forwarded)
  }

  /** Hands a message to the outboxes of its receivers. Waiting: some copies are not sent yet, for want of company. */
  #offer(receivers: Iterable<PeerIdStr>, outgoing: Omit<OutboxMessage, 'queuedAtMs'>, mayWait: boolean) {
    let sent = 0
    let isWaiting = false
    for (const peerId of receivers) {
      const stream = this.streamsOutbound.get(peerId)
      if (stream === undefined || this.idontwants.get(peerId)?.has(outgoing.msgId) === true) continue
      const outbox = this.#outboxOf(peerId)
      if (outbox.offer(stream, outgoing, mayWait)) sent++
      if (!mayWait || !outbox.isJoining) continue
      this.#window.wait(peerId)
      isWaiting = true
    }
    return { sent, isWaiting }
  }

  #flush(peerId: PeerIdStr): void {
    const stream = this.streamsOutbound.get(peerId)
    const outbox = this.#outboxes.get(peerId)
    if (stream === undefined) outbox?.clear('stream_lost')
    else outbox?.flush(stream)
  }

  #tell({ kind, sent, payloadBytes, arrivedAtMs }: Forwarded): void {
    const tookMs = arrivedAtMs === undefined ? 0 : this.#deps.clock.monotonicMs() - arrivedAtMs
    this.#deps.observer.onForwarded(kind, sent, payloadBytes, tookMs)
  }

  #outboxOf(peerId: PeerIdStr): PeerOutbox {
    const known = this.#outboxes.get(peerId)
    if (known !== undefined) return known
    const { clock, maxQueuedMs, observer } = this.#deps
    const outbox = new PeerOutbox({
      monotonicMs: () => clock.monotonicMs(),
      maxAgeMs: maxQueuedMs,
      isUnwanted: (msgId) => this.idontwants.get(peerId)?.has(msgId) === true,
      onDropped: (message, reason) => {
        observer.onDropped(reason, message.class)
        if (!this.#isClosing(peerId)) this.onSendFailed(peerId, message.class)
      },
    })
    this.#outboxes.set(peerId, outbox)
    return outbox
  }

  /** We end a stream in good order only with its connection: what then does not fit in any more is no fault of the peer. */
  #isClosing(peerId: PeerIdStr): boolean {
    const stream = this.streamsOutbound.get(peerId)?.rawStream
    if (stream === undefined || (stream.status !== 'open' && stream.status !== 'closed')) return false
    return stream.writeStatus === 'closing' || stream.writeStatus === 'closed'
  }

  /** Upstream tells the score of each duplicate, and nobody else. */
  #observeDuplicates(): void {
    const { score } = this
    const duplicateMessage = score.duplicateMessage.bind(score)
    score.duplicateMessage = (from, msgId, topic) => {
      this.#deps.observer.onDuplicate(this.#kinds.get(topic) ?? UNKNOWN_KIND)
      this.#deps.passage?.onCopy(msgId, from)
      duplicateMessage(from, msgId, topic)
    }
  }
}

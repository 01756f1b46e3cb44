/**
 * The way out of a message: encoded once for all its receivers, joined with others when short ones come in a crowd, and
 * queued by class for peers that do not keep up.
 */
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { Connection, PeerId } from '@libp2p/interface'
import type { MsgIdStr, PeerIdStr, TopicStr } from '../../shared/ids.ts'
import type { KindIndex } from '../stats/kind-traffic.ts'
import type { RouterComponents, RouterOptions } from './gossipsub-internals.ts'
import { LazyPushRouter, type LazyPushRouterDeps } from './lazy-push-router.ts'
import { prefixWithLength } from './length-prefix.ts'
import type { MessageClass } from './message-class.ts'
import { type EncodedMessage, MessageEncoder } from './message-encoder.ts'
import { type DropReason, isShort, type OutboxMessage, PeerOutbox } from './peer-outbox.ts'
import { SendWindow } from './send-window.ts'
import { isTooSlow } from './slow-peer.ts'

/** What the way out tells the statistics. Called on the hot path: implementations only count. */
export interface SendingObserver {
  /** Handed to the streams of so many peers, `tookMs` after its first bytes came. */
  onForwarded(kind: KindIndex, peers: number, sizeBytes: number, tookMs: number): void
  onDropped(reason: DropReason, messageClass: MessageClass): void
}

export interface SendingRouterDeps extends LazyPushRouterDeps {
  readonly observer: SendingObserver
  /** How long a copy may wait for a slow peer. */
  readonly maxQueuedMs: number
}

/** A message to be sent. */
export interface Outgoing {
  readonly msgId: MsgIdStr
  readonly message: RPC.Message
  readonly messageClass: MessageClass
  readonly kind: KindIndex
  readonly source: PeerIdStr | undefined
  /** Peers, besides the source, that have it. */
  readonly exclude: ReadonlySet<PeerIdStr> | undefined
  /** Monotonic ms of the RPC that brought it; undefined when none did. */
  readonly arrivedAtMs: number | undefined
}

/** Copies of one message handed to outboxes, of which some may still wait for the end of the turn. */
interface Forwarded {
  readonly kind: KindIndex
  readonly sent: number
  readonly payloadBytes: number
  readonly arrivedAtMs: number | undefined
}

export class SendingRouter extends LazyPushRouter {
  readonly #deps: SendingRouterDeps
  /** By peer id, made when first sent to; an entry goes with its peer. */
  readonly #outboxes = new Map<PeerIdStr, PeerOutbox>()
  readonly #encoder = new MessageEncoder()
  readonly #window: SendWindow<Forwarded>
  #slowCheckedAtMs = 0

  constructor(components: RouterComponents, options: RouterOptions, deps: SendingRouterDeps) {
    super(components, options, deps)
    this.#deps = deps
    this.#window = new SendWindow({
      clock: deps.clock,
      flush: (peerId) => this.#flush(peerId),
      tell: (forwarded) => this.#tell(forwarded),
    })
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

  /** Sends a message to its mesh and to the explicit peers that take it. @returns its bytes, if anybody was to get it */
  protected send({ msgId, message, messageClass, kind, source, exclude, arrivedAtMs }: Outgoing) {
    const receivers = this.#receiversOf(message.topic, source, exclude)
    if (receivers.length === 0) return undefined
    const encoded = this.#encode(message)
    const { frame, rpc } = encoded
    const queuedAtMs = this.#deps.clock.monotonicMs()
    const outgoing: OutboxMessage = { frame, rpc, msgId, class: messageClass, queuedAtMs }
    const mayWait = isShort(outgoing) && this.#window.isBusy(queuedAtMs)
    const { sent, isWaiting } = this.#offer(receivers, outgoing, mayWait)
    const forwarded = { kind, sent, payloadBytes: message.data?.length ?? 0, arrivedAtMs }
    if (isWaiting) this.#window.tellThen(forwarded)
    else this.#tell(forwarded)
    return encoded
  }

  /** What waited for a stream that broke is lost: the peer did not take it fast enough, or is on its way out. */
  protected override onOutboundLost(peerId: PeerIdStr): void {
    this.#outboxes.get(peerId)?.clear('stream_lost')
  }

  #receiversOf(topic: TopicStr, source?: PeerIdStr, exclude?: ReadonlySet<PeerIdStr>): readonly PeerIdStr[] {
    const receivers: PeerIdStr[] = []
    const add = (peerId: PeerIdStr): void => {
      if (peerId !== source && exclude?.has(peerId) !== true) receivers.push(peerId)
    }
    const mesh = this.mesh.get(topic)
    if (mesh !== undefined) for (const peerId of mesh) add(peerId)
    if (this.direct.size === 0) return receivers
    const takers = this.topics.get(topic)
    for (const peerId of this.direct) if (takers?.has(peerId) === true && mesh?.has(peerId) !== true) add(peerId)
    return receivers
  }

  /** A message with more to it than ours have is none of a peer's, which were refused: it is encoded as it is. */
  #encode(message: RPC.Message): EncodedMessage {
    if (isPlain(message)) return this.#encoder.encode(message)
    const rpc = RPC.encode({ subscriptions: [], messages: [message] })
    return { frame: prefixWithLength(rpc), rpc, data: message.data ?? new Uint8Array() }
  }

  /** Hands a message to the outboxes of its receivers. Waiting: some copies are not sent yet, for want of company. */
  #offer(receivers: readonly PeerIdStr[], outgoing: OutboxMessage, mayWait: boolean) {
    let sent = 0
    let isWaiting = false
    for (const peerId of receivers) {
      const stream = this.streamsOutbound.get(peerId)
      if (stream === undefined || this.idontwants.get(peerId)?.has(outgoing.msgId) === true) continue
      const outbox = this.#outboxOf(peerId)
      const wasJoining = outbox.isJoining
      if (outbox.offer(stream, outgoing, mayWait)) sent++
      if (!mayWait || !outbox.isJoining) continue
      if (!wasJoining) this.#window.wait(peerId)
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
}

/** True for a message as StrictNoSign has it: a topic and a payload, and nothing that tells its author. */
export function isPlain({ from, seqno, signature, key }: RPC.Message): boolean {
  return from === undefined && seqno === undefined && signature === undefined && key === undefined
}

/**
 * The way out of a message: encoded once for all its receivers, or taken as it came, joined with others when short ones come in
 * a crowd, and queued by class for peers that do not keep up.
 */
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { Connection, PeerId } from '@libp2p/interface'
import type { MsgIdStr, PeerIdStr } from '../../shared/ids.ts'
import { busyShare } from '../host/busy-share.ts'
import type { KindIndex } from '../stats/kind-traffic.ts'
import { AnnouncingRouter, hasIdontwant } from './announcing-router.ts'
import { CopyLedger } from './copy-ledger.ts'
import type { OutboundStream, RouterComponents, RouterOptions } from './gossipsub-internals.ts'
import type { LazyPushRouterDeps } from './lazy-push-router.ts'
import { prefixWithLength } from './length-prefix.ts'
import { idBytes } from './message-cache.ts'
import { isLargeClass, type MessageClass } from './message-class.ts'
import { type EncodedMessage, isPlain, MessageEncoder } from './message-encoder.ts'
import { type DropReason, isShort, type OutboxMessage, PeerOutbox, pushFront } from './peer-outbox.ts'
import { PeerOutboxes } from './peer-outboxes.ts'
import { SendWindow } from './send-window.ts'
import { isOurOwnFault, isTooSlow } from './slow-peer.ts'
import { UNWANTED_FRAME_BYTES, writeUnwantedFrame } from './unwanted-frame.ts'

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
  /** Its receivers were not told yet that we have it (IDONTWANT): with it, at the cost of nothing. */
  readonly isUntold?: boolean
}

/** Copies of one message handed to outboxes, of which some may still wait for the end of the turn. */
interface Forwarded {
  readonly kind: KindIndex
  readonly sent: number
  readonly payloadBytes: number
  readonly arrivedAtMs: number | undefined
}

/** The one whose streams take one array a write, and have what lies apart put together. */
const QUIC = 'quic'

/**
 * Between two times that an outbox is gone through for what its peer does not want, but at heartbeats: hundreds of messages
 * may wait, and a peer may say something at any rate.
 */
const WITHDRAWAL_PERIOD_MS = 100

export class SendingRouter extends AnnouncingRouter {
  readonly #deps: SendingRouterDeps
  readonly #outboxes: PeerOutboxes
  readonly #encoder = new MessageEncoder()
  /** Peers whose stream takes one array a write; an entry goes with its peer. */
  readonly #onQuic = new Set<PeerIdStr>()
  readonly #window: SendWindow<Forwarded>
  /** What became of the copies of large messages. */
  protected readonly copyLedger: CopyLedger
  #slowCheckedAtMs = 0

  constructor(components: RouterComponents, options: RouterOptions, deps: SendingRouterDeps) {
    super(components, options, deps)
    this.#deps = deps
    this.#outboxes = new PeerOutboxes({
      streamOf: (peerId) => this.streamsOutbound.get(peerId),
      make: (peerId) => this.#makeOutbox(peerId),
    })
    this.#window = new SendWindow({
      clock: deps.clock,
      busyShare: busyShare(),
      isCostly: (peerId) => this.#onQuic.has(peerId),
      flush: (peerId) => this.#outboxes.flush(peerId),
      tell: (forwarded) => this.#tell(forwarded),
    })
    this.copyLedger = new CopyLedger({
      hasSent: (peerId, msgId) => this.hasSent(peerId, msgId),
      hasTold: (peerId, msgId) => this.isUnwanted(peerId, msgId),
      isConnected: (peerId) => this.peers.has(peerId),
      onSparedReceived: (bytes) => this.wireCounts.sparedReceiving(bytes),
    })
  }

  override heartbeat(): Promise<void> {
    this.#outboxes.drainAll()
    this.forgiveOurOwnFault()
    this.#checkSlowPeers()
    this.copyLedger.settle(this.#deps.clock.monotonicMs())
    return super.heartbeat()
  }

  override async createOutboundStream(peerId: PeerId, connection: Connection): Promise<void> {
    const id = peerId.toString()
    const before = this.streamsOutbound.get(id)
    await super.createOutboundStream(peerId, connection)
    const after = this.streamsOutbound.get(id)
    if (after === undefined || after === before) return
    if (connection.multiplexer === QUIC) this.#onQuic.add(id)
    else this.#onQuic.delete(id)
    const drain = (): void => this.#outboxes.drain(id)
    after.rawStream.addEventListener('drain', drain)
    // Libp2p's own streams, by which two frames are never one, say 'drain' before they send what waits, and 'idle' while they
    // still are at it.
    if (after.pushTogether === undefined) after.rawStream.addEventListener('idle', () => queueMicrotask(drain))
  }

  override removePeer(peerId: PeerId): void {
    const id = peerId.toString()
    this.#outboxes.delete(id)
    this.#onQuic.delete(id)
    this.copyLedger.forget(id)
    super.removePeer(peerId)
  }

  /** Sends a message to its mesh and to the explicit peers that take it. @returns its bytes, if anybody was to get it */
  protected send({ msgId, message, messageClass, kind, source, exclude, arrivedAtMs, isUntold = false }: Outgoing) {
    const receivers = this.receiversOf(message.topic, source, exclude)
    if (receivers.length === 0) return undefined
    const encoded = this.#encode(message, isUntold ? UNWANTED_FRAME_BYTES : 0, receivers)
    const { frame, rpc } = encoded
    const payloadBytes = message.data?.length ?? 0
    const queuedAtMs = this.#deps.clock.monotonicMs()
    const outgoing: OutboxMessage = { frame, rpc, msgId, class: messageClass, queuedAtMs }
    const mayWait = !this.isStock && isShort(outgoing) && this.#window.isBusy(queuedAtMs)
    const unwanted = isUntold ? writeUnwantedFrame(encoded.front, idBytes(msgId)) : undefined
    const { sent, isWaiting } = this.#offer(receivers, outgoing, mayWait, unwanted)
    if (frame.buffer === message.data?.buffer && receivers.some((peerId) => this.#isHeldBack(peerId)))
      this.isRpcKept = true
    // Behind the first copy, as all that is only to be counted.
    if (isLargeClass(messageClass) && payloadBytes >= this.opts.idontwantMinDataSize) {
      const others = exclude
      this.copyLedger.add({ msgId, bytes: frame.length, sentAtMs: queuedAtMs, receivers, source, others })
    }
    const forwarded = { kind, sent, payloadBytes, arrivedAtMs }
    if (isWaiting) this.#window.tellThen(forwarded)
    else this.#tell(forwarded)
    return encoded
  }

  protected override onUnwanted(peerId: PeerIdStr): void {
    this.#outboxes.known(peerId)?.withdraw(WITHDRAWAL_PERIOD_MS)
  }

  /** What waited for a stream that broke is lost: the peer did not take it fast enough, or is on its way out. */
  protected override onOutboundLost(peerId: PeerIdStr): void {
    this.#outboxes.known(peerId)?.clear('stream_lost')
  }

  /**
   * As it came, unless something goes before it that is to lie there: for each receiver on QUIC the two would be put together.
   * By the library when the layers are stock, or the message has more to it than ours have: such a one is none of a peer's,
   * which were refused.
   */
  #encode(message: RPC.Message, frontBytes: number, receivers: readonly PeerIdStr[]): EncodedMessage {
    if (isPlain(message) && !this.isStock) {
      const isOneArray = frontBytes > 0 && receivers.some((peerId) => this.#onQuic.has(peerId))
      const came = isOneArray ? undefined : this.#encoder.asCame(message, frontBytes)
      return came ?? this.#encoder.encode(message, frontBytes)
    }
    const rpc = RPC.encode({ subscriptions: [], messages: [message] })
    const front = new Uint8Array(frontBytes)
    // A copy: what was read may be a short piece of much more.
    return { frame: prefixWithLength(rpc), rpc, data: new Uint8Array(message.data ?? []), front }
  }

  /**
   * Hands a message to the outboxes of its receivers. Waiting: some copies are not sent yet, for want of company.
   * @param unwanted says IDONTWANT of it, to those who were not told yet
   */
  #offer(receivers: readonly PeerIdStr[], outgoing: OutboxMessage, mayWait: boolean, unwanted?: Uint8Array) {
    let sent = 0
    let isWaiting = false
    for (const peerId of receivers) {
      const stream = this.streamsOutbound.get(peerId)
      if (stream === undefined) continue
      const front = frontFor(stream, unwanted)
      if (this.isUnwanted(peerId, outgoing.msgId)) {
        this.#spare(stream, outgoing, front)
        continue
      }
      const outbox = this.#outboxes.of(peerId)
      const wasJoining = outbox.isJoining
      if (outbox.offer(stream, outgoing, mayWait, front)) sent++
      if (!mayWait || !outbox.isJoining) continue
      if (!wasJoining) this.#window.wait(peerId)
      isWaiting = true
    }
    return { sent, isWaiting }
  }

  /**
   * Whether what a peer was just sent may still be looked at: it waits, or went to a stream that is not known to have copied
   * it. Ours over TCP encrypt what they hand down; what they could not hand down they have, or ask their sender to wait.
   */
  #isHeldBack(peerId: PeerIdStr): boolean {
    const stream = this.streamsOutbound.get(peerId)
    const waitingBytes = this.#outboxes.known(peerId)?.bytes ?? 0
    if (stream === undefined) return waitingBytes > 0
    const { rawStream, pushTogether } = stream
    const isWaiting = waitingBytes > 0 || rawStream.writeBufferLength > 0 || rawStream.writableNeedsDrain
    return isWaiting || rawStream.status !== 'open' || pushTogether === undefined || this.#onQuic.has(peerId)
  }

  /** Does not send a message to a peer that does not want it, which may not know that we have it, too. */
  #spare(stream: OutboundStream, { frame }: OutboxMessage, unwanted: Uint8Array | undefined): void {
    if (unwanted !== undefined && pushFront(stream, unwanted)) this.wireCounts.sentUnwanted(1)
    this.wireCounts.sparedSending(frame.length)
  }

  /** Of large messages also whether a copy came: of short ones, of which many wait for a moment, hardly any does. */
  #hasIt(peerId: PeerIdStr, { msgId, class: messageClass }: OutboxMessage): boolean {
    return this.isUnwanted(peerId, msgId) || (isLargeClass(messageClass) && this.hasSent(peerId, msgId))
  }

  #tell({ kind, sent, payloadBytes, arrivedAtMs }: Forwarded): void {
    const tookMs = arrivedAtMs === undefined ? 0 : this.#deps.clock.monotonicMs() - arrivedAtMs
    this.#deps.observer.onForwarded(kind, sent, payloadBytes, tookMs)
  }

  /**
   * Once a second: a peer that messages failed to reach is told of, one that kept them waiting leaves every mesh. Most of them at
   * once, for whom it may be our own fault, only after a while.
   */
  #checkSlowPeers(): void {
    const nowMs = this.#deps.clock.monotonicMs()
    if (nowMs - this.#slowCheckedAtMs < 1000) return
    this.#slowCheckedAtMs = nowMs
    this.reportSlowPeers()
    const slow = this.#outboxes.slow(isTooSlow)
    const isInDoubt = isOurOwnFault(slow.length, this.peers.size)
    const tooSlow = isInDoubt ? this.#outboxes.slow((waitingMs) => isTooSlow(waitingMs, isInDoubt)) : slow
    for (const peerId of tooSlow) {
      for (const topic of this.mesh.keys()) void this.cutLink(peerId, topic, 'slow_peer')
    }
  }

  #makeOutbox(peerId: PeerIdStr): PeerOutbox {
    const { clock, maxQueuedMs, observer } = this.#deps
    return new PeerOutbox({
      monotonicMs: () => clock.monotonicMs(),
      maxAgeMs: maxQueuedMs,
      isUnwanted: (message) => this.#hasIt(peerId, message),
      onSpared: ({ frame }) => this.wireCounts.sparedSending(frame.length),
      onFront: () => this.wireCounts.sentUnwanted(1),
      onDropped: (message, reason) => {
        observer.onDropped(reason, message.class)
        if (!this.#isClosing(peerId)) this.onSendFailed(peerId, message.class)
      },
    })
  }

  /** We end a stream in good order only with its connection: what then does not fit in any more is no fault of the peer. */
  #isClosing(peerId: PeerIdStr): boolean {
    const stream = this.streamsOutbound.get(peerId)?.rawStream
    if (stream === undefined || (stream.status !== 'open' && stream.status !== 'closed')) return false
    return stream.writeStatus === 'closing' || stream.writeStatus === 'closed'
  }
}

/** What says IDONTWANT, for a peer whose version of the protocol has it. */
function frontFor(stream: OutboundStream, unwanted: Uint8Array | undefined): Uint8Array | undefined {
  return unwanted !== undefined && hasIdontwant(stream) ? unwanted : undefined
}

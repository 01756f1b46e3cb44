/**
 * The way out of a message: encoded once for all its receivers, or taken as it came, joined with others when short ones come in
 * a crowd, and queued by class for peers that do not keep up, or for an uplink that does not.
 */
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { PeerId } from '@libp2p/interface'
import type { MsgIdStr, PeerIdStr } from '../../../shared/ids.ts'
import { busyShare } from '../../host/busy-share.ts'
import type { KindIndex } from '../../stats/kind-traffic.ts'
import { isLargeClass, type MessageClass } from '../message-class.ts'
import { CopyLedger } from '../sending/copy-ledger.ts'
import { idBytes } from '../sending/message-cache.ts'
import { type DropReason, isShort, type OutboxMessage, pushFront } from '../sending/peer-outbox.ts'
import { SendWindow } from '../sending/send-window.ts'
import { UplinkBacklog } from '../sending/uplink-backlog.ts'
import { UplinkLine } from '../sending/uplink-line.ts'
import { prefixWithLength } from '../wire/length-prefix.ts'
import { type EncodedMessage, isPlain, MessageEncoder } from '../wire/message-encoder.ts'
import { UNWANTED_FRAME_BYTES, writeUnwantedFrame } from '../wire/unwanted-frame.ts'
import { hasIdontwant } from './announcing-router.ts'
import type { OutboundStream, RouterComponents, RouterOptions } from './gossipsub-internals.ts'
import { OutboxRouter, type OutboxRouterDeps } from './outbox-router.ts'

/** What the way out tells the statistics. Called on the hot path: implementations only count. */
export interface SendingObserver {
  /** Handed to the streams of so many peers, `tookMs` after its first bytes came. */
  onForwarded(kind: KindIndex, peers: number, sizeBytes: number, tookMs: number): void
  onDropped(reason: DropReason, messageClass: MessageClass): void
}

export interface SendingRouterDeps extends OutboxRouterDeps {
  readonly observer: SendingObserver
  /** What the uplink carries in a second, Mbit; undefined when that was not said, and nobody waits for it. */
  readonly uplinkMbits?: number | undefined
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

/** What is told of copies of a message. */
interface Passage {
  readonly kind: KindIndex
  readonly payloadBytes: number
  readonly arrivedAtMs: number | undefined
}

/** A message on its way to its receivers, and what became of it so far. */
interface Offering {
  readonly outgoing: OutboxMessage
  readonly passage: Passage
  /** It may wait for company. */
  readonly mayWait: boolean
  sent: number
  /** Some copies are not sent yet, for want of company. */
  isWaiting: boolean
  /** Some are not for want of room at the uplink. */
  isHeld: boolean
}

/** Copies of one message handed to outboxes, of which some may still wait for the end of the turn. */
interface Forwarded extends Passage {
  readonly sent: number
}

export class SendingRouter extends OutboxRouter {
  readonly #deps: SendingRouterDeps
  readonly #encoder = new MessageEncoder()
  readonly #window: SendWindow<Forwarded>
  readonly #uplink: UplinkLine<Passage> | undefined
  /** What became of the copies of large messages. */
  protected readonly copyLedger: CopyLedger

  constructor(components: RouterComponents, options: RouterOptions, deps: SendingRouterDeps) {
    super(components, options, deps)
    this.#deps = deps
    this.#window = new SendWindow({
      clock: deps.clock,
      busyShare: busyShare(),
      isCostly: (peerId) => this.onQuic.has(peerId),
      flush: (peerId) => this.#flush(peerId),
      tell: (forwarded) => this.#tell(forwarded),
    })
    if (deps.uplinkMbits !== undefined) this.#uplink = this.#makeUplink(deps.uplinkMbits)
    this.copyLedger = new CopyLedger({
      hasSent: (peerId, msgId) => this.hasSent(peerId, msgId),
      hasTold: (peerId, msgId) => this.isUnwanted(peerId, msgId),
      isConnected: (peerId) => this.peers.has(peerId),
      onSparedReceived: (bytes) => this.wireCounts.sparedReceiving(bytes),
    })
  }

  override heartbeat(): Promise<void> {
    this.copyLedger.settle(this.#deps.clock.monotonicMs())
    return super.heartbeat()
  }

  override removePeer(peerId: PeerId): void {
    this.copyLedger.forget(peerId.toString())
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
    const passage: Passage = { kind, payloadBytes, arrivedAtMs }
    const offering: Offering = { outgoing, passage, mayWait, sent: 0, isWaiting: false, isHeld: false }
    this.#offer(receivers, offering, unwanted)
    const { sent, isWaiting, isHeld } = offering
    if (frame.buffer === message.data?.buffer && (isHeld || receivers.some((peerId) => this.#isHeldBack(peerId))))
      this.isRpcKept = true
    // Behind the first copy, as all that is only to be counted.
    if (isLargeClass(messageClass) && payloadBytes >= this.opts.idontwantMinDataSize) {
      const others = exclude
      this.copyLedger.add({ msgId, bytes: frame.length, sentAtMs: queuedAtMs, receivers, source, others })
    }
    const forwarded = { ...passage, sent }
    if (isWaiting) this.#window.tellThen(forwarded)
    else if (sent > 0 || !isHeld) this.#tell(forwarded)
    return encoded
  }

  /**
   * As it came, unless something goes before it that is to lie there: for each receiver on QUIC the two would be put together.
   * By the library when the layers are stock, or the message has more to it than ours have: such a one is none of a peer's,
   * which were refused.
   */
  #encode(message: RPC.Message, frontBytes: number, receivers: readonly PeerIdStr[]): EncodedMessage {
    if (isPlain(message) && !this.isStock) {
      const isOneArray = frontBytes > 0 && receivers.some((peerId) => this.onQuic.has(peerId))
      const came = isOneArray ? undefined : this.#encoder.asCame(message, frontBytes)
      return came ?? this.#encoder.encode(message, frontBytes)
    }
    const rpc = RPC.encode({ subscriptions: [], messages: [message] })
    const front = new Uint8Array(frontBytes)
    // A copy: what was read may be a short piece of much more.
    return { frame: prefixWithLength(rpc), rpc, data: new Uint8Array(message.data ?? []), front }
  }

  /**
   * Hands a message to the outboxes of its receivers, or has them wait for the uplink.
   * @param unwanted says IDONTWANT of it, to those who were not told yet
   */
  #offer(receivers: readonly PeerIdStr[], offering: Offering, unwanted?: Uint8Array): void {
    const { outgoing } = offering
    for (const peerId of receivers) {
      const stream = this.streamsOutbound.get(peerId)
      if (stream === undefined) continue
      const front = frontFor(stream, unwanted)
      const uplink = this.#fullUplink(outgoing.class)
      if (this.isUnwanted(peerId, outgoing.msgId)) this.#spare(stream, outgoing, front)
      else if (uplink === undefined) this.#hand(peerId, stream, offering, front)
      else if (isShort(outgoing)) this.#joinHeld(peerId, stream, offering, uplink)
      else this.#hold(peerId, stream, offering, uplink, front)
    }
  }

  #hand(peerId: PeerIdStr, stream: OutboundStream, offering: Offering, front?: Uint8Array): void {
    const { outgoing, mayWait } = offering
    const outbox = this.outboxes.of(peerId)
    const wasJoining = outbox.isJoining
    if (outbox.offer(stream, outgoing, mayWait, front)) offering.sent++
    if (!mayWait || !outbox.isJoining) return
    if (!wasJoining) this.#window.wait(peerId)
    offering.isWaiting = true
  }

  /** A short message leaves with others, when the uplink has room for them. */
  #joinHeld(peerId: PeerIdStr, stream: OutboundStream, offering: Offering, uplink: UplinkLine<Passage>): void {
    const outbox = this.outboxes.of(peerId)
    if (outbox.offer(stream, offering.outgoing, !this.isStock)) offering.sent++
    if (outbox.isJoining) uplink.waitJoined(peerId)
  }

  #hold(
    peerId: PeerIdStr,
    stream: OutboundStream,
    offering: Offering,
    uplink: UplinkLine<Passage>,
    front?: Uint8Array,
  ) {
    const { outgoing, passage } = offering
    if (front !== undefined && pushFront(stream, front)) this.wireCounts.sentUnwanted(1)
    this.wireCounts.waitedForUplink(outgoing.frame.length)
    uplink.wait({ peerId, message: outgoing, told: passage })
    offering.isHeld = true
  }

  /**
   * Whether what a peer was just sent may still be looked at: it waits, or went to a stream that is not known to have copied
   * it. Ours over TCP encrypt what they hand down; what they could not hand down they have, or ask their sender to wait.
   */
  #isHeldBack(peerId: PeerIdStr): boolean {
    const stream = this.streamsOutbound.get(peerId)
    const waitingBytes = this.outboxes.known(peerId)?.bytes ?? 0
    if (stream === undefined) return waitingBytes > 0
    const { rawStream, pushTogether } = stream
    const isWaiting = waitingBytes > 0 || rawStream.writeBufferLength > 0 || rawStream.writableNeedsDrain
    return isWaiting || rawStream.status !== 'open' || pushTogether === undefined || this.onQuic.has(peerId)
  }

  /** Does not send a message to a peer that does not want it, which may not know that we have it, too. */
  #spare(stream: OutboundStream, { frame }: OutboxMessage, unwanted: Uint8Array | undefined): void {
    if (unwanted !== undefined && pushFront(stream, unwanted)) this.wireCounts.sentUnwanted(1)
    this.wireCounts.sparedSending(frame.length)
  }

  /** The uplink, if a message of that class has to wait for it. */
  #fullUplink(messageClass: MessageClass): UplinkLine<Passage> | undefined {
    return this.#uplink?.mustWait(messageClass) === true ? this.#uplink : undefined
  }

  /** Sends the short messages that waited for company, or has them wait for the uplink. */
  #flush(peerId: PeerIdStr): void {
    const uplink = this.#fullUplink('attestation')
    if (uplink === undefined) this.outboxes.flush(peerId)
    else uplink.waitJoined(peerId)
  }

  #makeUplink(mbits: number): UplinkLine<Passage> {
    const { clock, maxQueuedMs, observer } = this.#deps
    const backlog = new UplinkBacklog({ mbits, sent: this.wireCounts, monotonicMs: () => clock.monotonicMs() })
    return new UplinkLine({
      clock,
      backlogMs: () => backlog.ms,
      maxAgeMs: maxQueuedMs,
      send: ({ peerId, message, told }) => {
        const stream = this.streamsOutbound.get(peerId)
        if (stream === undefined) return
        if (this.hasIt(peerId, message)) this.wireCounts.sparedSending(message.frame.length)
        else if (this.outboxes.of(peerId).offer(stream, message)) this.#tell({ ...told, sent: 1 })
      },
      flush: (peerId) => this.outboxes.flush(peerId),
      onDropped: (message, reason) => observer.onDropped(reason, message.class),
    })
  }

  protected override get uplinkWaitingBytes(): number {
    return this.#uplink?.bytes ?? 0
  }

  #tell({ kind, sent, payloadBytes, arrivedAtMs }: Forwarded): void {
    const tookMs = arrivedAtMs === undefined ? 0 : this.#deps.clock.monotonicMs() - arrivedAtMs
    this.#deps.observer.onForwarded(kind, sent, payloadBytes, tookMs)
  }
}

/** What says IDONTWANT, for a peer whose version of the protocol has it. */
function frontFor(stream: OutboundStream, unwanted: Uint8Array | undefined): Uint8Array | undefined {
  return unwanted !== undefined && hasIdontwant(stream) ? unwanted : undefined
}

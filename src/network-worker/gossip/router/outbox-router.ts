/**
 * What waits for a peer that does not keep up, and what becomes of a peer that does not for long. In: streams as they open,
 * drain and break, and what peers do not want any more. Out: what waited, blocks first, and who is slow.
 */
import type { Connection, PeerId } from '@libp2p/interface'
import type { PeerIdStr } from '../../../shared/ids.ts'
import { isOurOwnFault } from '../../../shared/our-own-fault.ts'
import { isLargeClass, type MessageClass } from '../message-class.ts'
import { type DropReason, type OutboxMessage, PeerOutbox } from '../sending/peer-outbox.ts'
import { PeerOutboxes } from '../sending/peer-outboxes.ts'
import { holdsMessagesUp } from '../sending/slow-peer.ts'
import { AnnouncingRouter } from './announcing-router.ts'
import type { RouterComponents, RouterOptions } from './gossipsub-internals.ts'
import type { LazyPushRouterDeps } from './lazy-push-router.ts'

export interface OutboxRouterDeps extends LazyPushRouterDeps {
  /** Called on the hot path: implementations only count. */
  readonly observer: { onDropped(reason: DropReason, messageClass: MessageClass): void }
  /** How long a copy may wait for a slow peer. */
  readonly maxQueuedMs: number
}

/** The one whose streams take one array a write, and have what lies apart put together. */
const QUIC = 'quic'

/**
 * Between two times that an outbox is gone through for what its peer does not want, but at heartbeats: hundreds of messages
 * may wait, and a peer may say something at any rate.
 */
const WITHDRAWAL_PERIOD_MS = 100

export class OutboxRouter extends AnnouncingRouter {
  readonly #deps: OutboxRouterDeps
  protected readonly outboxes: PeerOutboxes
  /** Peers whose stream takes one array a write; an entry goes with its peer. */
  protected readonly onQuic = new Set<PeerIdStr>()
  #slowCheckedAtMs = 0

  constructor(components: RouterComponents, options: RouterOptions, deps: OutboxRouterDeps) {
    super(components, options, deps)
    this.#deps = deps
    this.outboxes = new PeerOutboxes({
      streamOf: (peerId) => this.streamsOutbound.get(peerId),
      make: (peerId) => this.#makeOutbox(peerId),
    })
  }

  override heartbeat(): Promise<void> {
    this.outboxes.drainAll()
    this.forgiveOurOwnFault()
    this.#checkSlowPeers()
    return super.heartbeat()
  }

  override async createOutboundStream(peerId: PeerId, connection: Connection): Promise<void> {
    const id = peerId.toString()
    const before = this.streamsOutbound.get(id)
    await super.createOutboundStream(peerId, connection)
    const after = this.streamsOutbound.get(id)
    if (after === undefined || after === before) return
    if (connection.multiplexer === QUIC) this.onQuic.add(id)
    else this.onQuic.delete(id)
    const drain = (): void => this.outboxes.drain(id)
    after.rawStream.addEventListener('drain', drain)
    // Libp2p's own streams, by which two frames are never one, say 'drain' before they send what waits, and 'idle' while they
    // still are at it.
    if (after.pushTogether === undefined) after.rawStream.addEventListener('idle', () => queueMicrotask(drain))
  }

  override removePeer(peerId: PeerId): void {
    const id = peerId.toString()
    this.outboxes.delete(id)
    this.onQuic.delete(id)
    super.removePeer(peerId)
  }

  /** Of large messages also whether a copy came: of short ones, of which many wait for a moment, hardly any does. */
  protected hasIt(peerId: PeerIdStr, { msgId, class: messageClass }: OutboxMessage): boolean {
    return this.isUnwanted(peerId, msgId) || (isLargeClass(messageClass) && this.hasSent(peerId, msgId))
  }

  protected override onUnwanted(peerId: PeerIdStr): void {
    this.outboxes.known(peerId)?.withdraw(WITHDRAWAL_PERIOD_MS)
  }

  /** What waited for a stream that broke is lost: the peer did not take it fast enough, or is on its way out. */
  protected override onOutboundLost(peerId: PeerIdStr): void {
    this.outboxes.known(peerId)?.clear('stream_lost')
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
    const slow = this.outboxes.slow(holdsMessagesUp)
    const isInDoubt = isOurOwnFault(slow.length, this.peers.size)
    const tooSlow = isInDoubt ? this.outboxes.slow((waitingMs) => holdsMessagesUp(waitingMs, isInDoubt)) : slow
    for (const peerId of tooSlow) {
      for (const topic of this.mesh.keys()) void this.cutLink(peerId, topic, 'slow_peer')
    }
  }

  #makeOutbox(peerId: PeerIdStr): PeerOutbox {
    const { clock, maxQueuedMs, observer } = this.#deps
    return new PeerOutbox({
      monotonicMs: () => clock.monotonicMs(),
      maxAgeMs: maxQueuedMs,
      isUnwanted: (message) => this.hasIt(peerId, message),
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

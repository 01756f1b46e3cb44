/**
 * Gossipsub with the faults mended that matter to a relay; nothing here is policy. Each override says what upstream
 * (17.1.1) does, and has a test that fails without it. Two more are mended elsewhere: `join` scores its grafts since
 * every graft goes through `addToMesh` (mesh-router.ts), and heartbeats never dial direct peers since
 * `directConnectTicks` is never reached (create-router.ts) and peers/explicit-peers.ts reconnects them.
 */
import { TopicValidatorResult } from '@chainsafe/libp2p-gossipsub'
import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { Connection, MessageStreamDirection, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Clock } from '../../shared/clock.ts'
import type { MsgIdStr, PeerIdStr } from '../../shared/ids.ts'
import { assertGossipsubShape, Gossipsub, type RouterComponents, type RouterOptions } from './gossipsub-internals.ts'

/** Before a lost outbound stream is opened again; doubled at each loss in a row, up to the last. */
const REOPEN_FIRST_MS = 250
const REOPEN_LAST_MS = 16_000
/** A stream that lived this long was well: the next loss is a first one again. */
const REOPEN_FORGET_MS = 60_000

interface Reopening {
  readonly delayMs: number
  readonly openedAtMs: number
}

export class MendedRouter extends Gossipsub {
  readonly #clock: Clock
  /** By peer id; an entry goes with its peer. */
  readonly #reopenings = new Map<PeerIdStr, Reopening>()

  constructor(components: RouterComponents, options: RouterOptions, clock: Clock) {
    super(components, options)
    assertGossipsubShape(this)
    this.#clock = clock
  }

  /** Upstream starts a returning peer's score anew, so a bad one is shed by reconnecting: the kept record is taken up. */
  override addPeer(peerId: PeerId, direction: MessageStreamDirection, address: Multiaddr): void {
    const id = peerId.toString()
    const kept = this.peers.has(id) ? undefined : this.score.peerStats.get(id)
    super.addPeer(peerId, direction, address)
    const fresh = this.score.peerStats.get(id)
    if (kept === undefined || fresh === undefined || kept === fresh) return
    for (const ip of fresh.knownIPs) kept.knownIPs.add(ip)
    kept.connected = true
    this.score.peerStats.set(id, kept)
    this.score.scoreCache.delete(id)
  }

  /** Upstream decides by a cached score whether a leaving peer's record is kept: it may be older than the offence. */
  override removePeer(peerId: PeerId): void {
    const id = peerId.toString()
    this.score.scoreCache.delete(id)
    this.#reopenings.delete(id)
    super.removePeer(peerId)
  }

  /** Upstream drops all PRUNEs of an RPC after the first one of a topic we are not in. */
  override handlePrune(peerId: PeerIdStr, prunes: RPC.ControlPrune[]): Promise<void> {
    return super.handlePrune(
      peerId,
      prunes.filter(({ topicID }) => topicID !== undefined && this.mesh.has(topicID)),
    )
  }

  /** Upstream counts an accepted message twice for its sender when the verdict comes late (P2). */
  override reportMessageValidationResult(msgId: MsgIdStr, source: PeerIdStr, acceptance: TopicValidatorResult): void {
    if (acceptance !== TopicValidatorResult.Accept) {
      super.reportMessageValidationResult(msgId, source, acceptance)
      return
    }
    const entry = this.mcache.validate(msgId)
    if (entry !== null) this.forwardMessage(msgId, entry.message, source, entry.originatingPeers)
  }

  /** Upstream never opens a lost outbound stream again: the peer stays in the mesh and gets nothing more. */
  override async createOutboundStream(peerId: PeerId, connection: Connection): Promise<void> {
    const id = peerId.toString()
    const before = this.streamsOutbound.get(id)
    await super.createOutboundStream(peerId, connection)
    const stream = this.streamsOutbound.get(id)
    if (stream === undefined || stream === before) return
    const delayMs = this.#reopenings.get(id)?.delayMs ?? REOPEN_FIRST_MS
    this.#reopenings.set(id, { delayMs, openedAtMs: this.#clock.monotonicMs() })
    stream.rawStream.addEventListener('close', () => this.#onStreamLost(peerId, connection), { once: true })
  }

  #onStreamLost(peerId: PeerId, connection: Connection): void {
    const id = peerId.toString()
    const reopening = this.#reopenings.get(id)
    if (reopening === undefined || !this.#canReopen(id, connection)) return
    const livedMs = this.#clock.monotonicMs() - reopening.openedAtMs
    const delayMs = livedMs >= REOPEN_FORGET_MS ? REOPEN_FIRST_MS : reopening.delayMs
    this.#reopenings.set(id, { ...reopening, delayMs: Math.min(REOPEN_LAST_MS, delayMs * 2) })
    this.onOutboundLost(id)
    this.#clock.after(delayMs, () => {
      if (this.#canReopen(id, connection) && !this.streamsOutbound.has(id)) {
        void this.createOutboundStream(peerId, connection)
      }
    })
  }

  #canReopen(id: PeerIdStr, connection: Connection): boolean {
    return this.isStarted() && this.peers.has(id) && connection.status === 'open'
  }

  /** Called when a connected peer's outbound stream broke, before it is opened again. */
  protected onOutboundLost(_peerId: PeerIdStr): void {}
}

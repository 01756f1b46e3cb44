/**
 * Gossipsub with the faults mended that matter to a relay; nothing here is policy. Each override says what upstream
 * (17.1.1) does, and has a test that fails without it. Two more are mended elsewhere: `join` scores its grafts since
 * every graft goes through `addToMesh` (mesh-router.ts), and heartbeats never dial direct peers since
 * `directConnectTicks` is never reached (create-router.ts) and peers/explicit-peers.ts reconnects them.
 */
import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { Connection, MessageStreamDirection, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Clock } from '../../../shared/clock.ts'
import type { PeerIdStr, TopicStr } from '../../../shared/ids.ts'
import { assertGossipsubShape, Gossipsub, type RouterComponents, type RouterOptions } from './gossipsub-internals.ts'
import { WallSteps } from './wall-steps.ts'

/** Before a lost outbound stream is opened again; doubled at each loss in a row, up to the last. */
const REOPEN_FIRST_MS = 250
const REOPEN_LAST_MS = 16_000
/** A stream that lived this long was well: the next loss is a first one again. */
const REOPEN_FORGET_MS = 60_000
/** Longest back-off of a peer's that is obeyed, sixty times what clients ask for (spec of gossipsub v1.1: a minute). */
const MAX_BACKOFF_SECONDS = 3600

interface Reopening {
  readonly delayMs: number
  readonly openedAtMs: number
  /** A timer runs: at most one a peer, whatever the peer does. */
  readonly isWaiting: boolean
}

export class MendedRouter extends Gossipsub {
  readonly #clock: Clock
  readonly #wallSteps: WallSteps
  /** By peer id; an entry goes with its peer. */
  readonly #reopenings = new Map<PeerIdStr, Reopening>()
  /** Open connections by peer id, oldest first: as many as the host lets a peer have; an entry goes with its peer. */
  readonly #connections = new Map<PeerIdStr, readonly Connection[]>()
  /** Peers to whom a stream is being opened: one at a time. An entry goes when libp2p has answered, 10 s later at most. */
  readonly #opening = new Set<PeerIdStr>()

  constructor(components: RouterComponents, options: RouterOptions, clock: Clock) {
    super(components, options)
    assertGossipsubShape(this)
    this.#clock = clock
    this.#wallSteps = new WallSteps(clock)
  }

  /** Upstream opens a stream to one peer after the other: each waits for a round trip to all before it, 10 s for one that does not answer. */
  override async start(): Promise<void> {
    await super.start()
    // What came meanwhile is still served by it.
    this.outboundInflightQueue.end()
    this.outboundInflightQueue = {
      push: ({ peerId, connection }) => this.#openStream(peerId, connection),
      end: () => undefined,
    }
  }

  /** Upstream starts a returning peer's score anew, so a bad one is shed by reconnecting: the kept record is taken up. */
  override addPeer(peerId: PeerId, direction: MessageStreamDirection, address: Multiaddr): void {
    const id = peerId.toString()
    const kept = this.peers.has(id) ? undefined : this.score.peerStats.get(id)
    super.addPeer(peerId, direction, address)
    const fresh = this.score.peerStats.get(id)
    if (kept === undefined || fresh === undefined || kept === fresh) return
    // Where it was before counts no more for the colocation of addresses, or each return would add one for good.
    for (const ip of kept.knownIPs) if (!fresh.knownIPs.has(ip)) this.score.removeIP(id, ip)
    kept.knownIPs = fresh.knownIPs
    kept.connected = true
    this.score.peerStats.set(id, kept)
    this.score.scoreCache.delete(id)
  }

  /**
   * Upstream decides by a cached score whether a leaving peer's record is kept: it may be older than the offence. And
   * it leaves that score in the cache, for ever when the record is dropped.
   */
  override removePeer(peerId: PeerId): void {
    const id = peerId.toString()
    this.score.scoreCache.delete(id)
    this.#reopenings.delete(id)
    this.#connections.delete(id)
    super.removePeer(peerId)
    this.score.scoreCache.delete(id)
    // Upstream counts it for the colocation of addresses (P6) as long as its score is kept, hours after it left.
    const kept = this.score.peerStats.get(id)
    for (const ip of [...(kept?.connected === false ? kept.knownIPs : [])]) this.score.removeIP(id, ip)
  }

  /**
   * Upstream drops all PRUNEs of an RPC after the first one of a topic we are not in, and keeps whatever back-off a peer
   * names, though it be for ever and the peer gone.
   */
  override handlePrune(peerId: PeerIdStr, prunes: RPC.ControlPrune[]): Promise<void> {
    const known = prunes.filter(({ topicID }) => topicID !== undefined && this.mesh.has(topicID))
    return super.handlePrune(
      peerId,
      known.map((prune) => ({ ...prune, backoff: Math.min(prune.backoff ?? 0, MAX_BACKOFF_SECONDS) })),
    )
  }

  /** Upstream keeps a peer in the mesh of a topic that it has left, unless it says PRUNE too: it owes none where it never had us. */
  override handleReceivedSubscription(from: PeerId, topic: TopicStr, subscribe: boolean): boolean {
    const isTaken = super.handleReceivedSubscription(from, topic, subscribe)
    const id = from.toString()
    if (!subscribe && this.mesh.get(topic)?.delete(id) === true) {
      this.score.prune(id, topic)
      this.onUnsubscribed(id, topic)
    }
    return isTaken
  }

  /**
   * Upstream never opens an outbound stream again that was lost, or that could not be opened, or whose connection was
   * one of several and closed: the peer stays in the mesh and gets nothing more.
   */
  override async createOutboundStream(peerId: PeerId, connection: Connection): Promise<void> {
    const id = peerId.toString()
    this.#noteConnection(id, connection)
    const before = this.streamsOutbound.get(id)
    await super.createOutboundStream(peerId, connection)
    const stream = this.streamsOutbound.get(id)
    if (!this.peers.has(id) || (stream !== undefined && stream === before)) return
    const { delayMs = REOPEN_FIRST_MS, isWaiting = false } = this.#reopenings.get(id) ?? {}
    this.#reopenings.set(id, { delayMs, isWaiting, openedAtMs: this.#clock.monotonicMs() })
    if (stream === undefined) this.#reopenLater(peerId)
    else stream.rawStream.addEventListener('close', () => this.#onStreamLost(peerId), { once: true })
  }

  /** Upstream forgets a peer whose inbound stream broke, though it is still connected, and never meets it again. */
  override handlePeerReadStreamError(error: Error, peerId: PeerId): void {
    if (this.#openConnection(peerId.toString()) === undefined) super.handlePeerReadStreamError(error, peerId)
  }

  #onStreamLost(peerId: PeerId): void {
    const id = peerId.toString()
    const reopening = this.#reopenings.get(id)
    if (reopening === undefined || this.#openConnection(id) === undefined) return
    const livedMs = this.#clock.monotonicMs() - reopening.openedAtMs
    if (livedMs >= REOPEN_FORGET_MS) this.#reopenings.set(id, { ...reopening, delayMs: REOPEN_FIRST_MS })
    this.onOutboundLost(id)
    this.#reopenLater(peerId)
  }

  #reopenLater(peerId: PeerId): void {
    const id = peerId.toString()
    const reopening = this.#reopenings.get(id)
    if (reopening === undefined || reopening.isWaiting || this.#openConnection(id) === undefined) return
    const nextDelayMs = Math.min(REOPEN_LAST_MS, reopening.delayMs * 2)
    this.#reopenings.set(id, { ...reopening, isWaiting: true, delayMs: nextDelayMs })
    this.#clock.after(reopening.delayMs, () => {
      const now = this.#reopenings.get(id)
      if (now === undefined) return
      this.#reopenings.set(id, { ...now, isWaiting: false })
      const connection = this.#openConnection(id)
      if (connection === undefined || this.streamsOutbound.has(id)) return
      this.#openStream(peerId, connection)
    })
  }

  #openStream(peerId: PeerId, connection: Connection): void {
    const id = peerId.toString()
    this.#noteConnection(id, connection)
    if (this.#opening.has(id)) return
    this.#opening.add(id)
    void this.createOutboundStream(peerId, connection).finally(() => this.#opening.delete(id))
  }

  #noteConnection(id: PeerIdStr, connection: Connection): void {
    if (!this.peers.has(id)) return
    const open = (this.#connections.get(id) ?? []).filter((known) => known.status === 'open' && known !== connection)
    this.#connections.set(id, [...open, connection])
  }

  /** The newest connection a stream can be opened on, none while the router is stopped or the peer unknown. */
  #openConnection(id: PeerIdStr): Connection | undefined {
    if (!this.isStarted() || !this.peers.has(id)) return undefined
    return this.#connections.get(id)?.findLast((connection) => connection.status === 'open')
  }

  /** To be called at each heartbeat, before anything of it looks at the time. */
  protected followWallClock(): void {
    this.#wallSteps.follow(this)
  }

  /** Called when a connected peer's outbound stream broke, before it is opened again. */
  protected onOutboundLost(_peerId: PeerIdStr): void {}

  /** Called when a peer of a mesh has left its topic, and so our mesh. */
  protected onUnsubscribed(_peerId: PeerIdStr, _topic: TopicStr): void {}
}

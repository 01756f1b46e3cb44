/**
 * The mesh in the operator's hand: every link that comes or goes is seen and named (`MeshObserver`), peers are added by
 * hybrid selection, links are made and cut by hand, and size and beat change while it runs. Heartbeats themselves stay
 * upstream's: what they would fill at random is filled before they look.
 */
import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { PeerId } from '@libp2p/interface'
import type { MeshReason } from '../../../rpc/mesh-reason.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { PeerIdStr, TopicStr } from '../../../shared/ids.ts'
import { pickHybrid } from '../mesh/hybrid-selection.ts'
import { LinksByHand } from '../mesh/links-by-hand.ts'
import { switchLoad } from '../mesh/load-switch.ts'
import type { MeshObserver } from '../mesh/mesh-observer.ts'
import type { MeshParameters } from '../mesh/network-load.ts'
import { ShortMeshes } from '../mesh/short-meshes.ts'
import { NOTHING_KNOWN, type ReceiverFacts, UNKNOWN_RTT_MS } from '../sending/receiver-order.ts'
import type { RouterComponents, RouterOptions } from './gossipsub-internals.ts'
import { MendedRouter } from './mended-router.ts'

/**
 * Backoff of links cut because the operator lowered the load: raising it again shall find the same peers willing. Whole
 * seconds, as the wire has it.
 */
const LOWERED_LOAD_BACKOFF_MS = 2000
/** How long after a lower load cuts count as its consequence: peers that ask for a place meanwhile included. */
const LOWERED_LOAD_SETTLES_MS = 10_000

export interface MeshRouterDeps {
  readonly clock: Clock
  readonly onMesh: MeshObserver
  /** Numbers in [0, 1): seeded in tests. */
  readonly random?: () => number
  /** By which near peers are preferred; without it nobody is near. */
  readonly receivers?: ReceiverFacts
}

/**
 * Backoff of a GRAFT refused because the mesh is full: a matter of our size, not of the peer's behaviour, and after the
 * normal minute's refusals a raised load would find nobody to graft.
 */
const FULL_MESH_BACKOFF_MS = 10_000

/** Why a peer cannot be grafted by hand; `backoff` with what is left of it. */
export type GraftRefusal =
  | { readonly why: 'explicit' | 'not_subscribed' | 'no_stream' }
  | { readonly why: 'backoff'; readonly leftMs: number }

export class MeshRouter extends MendedRouter {
  readonly #clock: Clock
  readonly #onMesh: MeshObserver
  readonly #random: () => number
  protected readonly receivers: ReceiverFacts
  /** Why upstream is changing the mesh at this moment, if it is; its own reasons do not tell enough. */
  #cause: MeshReason | 'their_graft' | undefined
  #loadLoweredAtMs = Number.NEGATIVE_INFINITY
  readonly #shortMeshes = new ShortMeshes()
  protected readonly linksByHand = new LinksByHand()
  /** Backoffs shorter than the protocol's, ms, from the decision until their PRUNE is made: by `peer topic`. */
  readonly #shortBackoffs = new Map<string, number>()

  constructor(components: RouterComponents, options: RouterOptions, deps: MeshRouterDeps) {
    super(components, options, deps.clock)
    this.#clock = deps.clock
    this.#onMesh = deps.onMesh
    this.#random = deps.random ?? Math.random
    this.receivers = deps.receivers ?? NOTHING_KNOWN
  }

  /** Takes effect on the next heartbeat, which fills the meshes when the load was raised. */
  setLoad(mesh: MeshParameters): void {
    if (mesh.meshN > this.opts.D) this.#shortMeshes.expedite(this.mesh.keys())
    if (mesh.meshHigh < this.opts.Dhi) this.#loadLoweredAtMs = this.#clock.monotonicMs()
    switchLoad(this, mesh, this.#clock)
  }

  /** Why `peerId` cannot be grafted into `topic`, undefined when it can. */
  graftRefusal(peerId: PeerIdStr, topic: TopicStr): GraftRefusal | undefined {
    if (this.direct.has(peerId)) return { why: 'explicit' }
    if (!this.streamsOutbound.has(peerId)) return { why: 'no_stream' }
    if (this.topics.get(topic)?.has(peerId) !== true) return { why: 'not_subscribed' }
    const leftMs = this.#backoffLeftMs(peerId, topic)
    return leftMs > 0 ? { why: 'backoff', leftMs } : undefined
  }

  /** Grafts by hand: the caller has checked `graftRefusal`. */
  graftByHand(peerId: PeerIdStr, topic: TopicStr): void {
    this.graftAll([peerId], topic, 'manual')
    this.holdByHand(peerId, topic)
  }

  /** A link that the operator asks for stays as long as it can, though it was there. */
  holdByHand(peerId: PeerIdStr, topic: TopicStr): void {
    this.linksByHand.add(topic, peerId)
  }

  /** Cuts a link by hand, or for a reason of ours, with the normal backoff. @returns false when there was none */
  async cutLink(peerId: PeerIdStr, topic: TopicStr, reason: MeshReason): Promise<boolean> {
    if (this.mesh.get(topic)?.delete(peerId) !== true) return false
    const prune = await this.makePrune(peerId, topic, false, false)
    this.sendRpc(peerId, { subscriptions: [], messages: [], control: { ...NO_CONTROL, prune: [prune] } })
    const backoffSecs = prune.backoff === undefined ? {} : { backoffSecs: Number(prune.backoff) }
    this.#onMesh({ action: 'prune_sent', peerId, topic, reason, ...backoffSecs })
    return true
  }

  /** A mesh begins with hybrid selection; we publish nothing, so there is no fanout to begin with. */
  override join(topic: TopicStr): void {
    if (this.mesh.has(topic)) return
    this.mesh.set(topic, new Set())
    this.fanout.delete(topic)
    this.fanoutLastpub.delete(topic)
    this.graftAll(this.#pick(this.candidates(topic), this.opts.D), topic, 'join_topic')
  }

  override leave(topic: TopicStr): void {
    this.#shortMeshes.forget(topic)
    const backoffSecs = this.opts.unsubcribeBackoff / 1000
    for (const peerId of this.mesh.get(topic) ?? []) {
      this.#onMesh({ action: 'prune_sent', peerId, topic, reason: 'leave_topic', backoffSecs })
    }
    super.leave(topic)
  }

  override heartbeat(): Promise<void> {
    this.followWallClock()
    this.linksByHand.keepOnly(this.mesh)
    for (const [topic, mesh] of this.mesh) this.#fill(topic, mesh)
    // All of upstream's changes to the mesh are made before its first await, thus under this cause.
    return this.#because('heartbeat', () => super.heartbeat())
  }

  override graftOnSubscribe(peerId: PeerIdStr, topic: TopicStr): boolean {
    return this.#because('peer_subscribed', () => super.graftOnSubscribe(peerId, topic))
  }

  override addToMesh(peerId: PeerIdStr, topic: TopicStr, reason: string): void {
    super.addToMesh(peerId, topic, reason)
    if (this.#cause === 'their_graft') this.#onMesh({ action: 'graft_accepted', peerId, topic })
    else this.#onMesh({ action: 'graft_sent', peerId, topic, reason: this.#cause ?? 'heartbeat' })
  }

  override handleGraft(peerId: PeerIdStr, grafts: RPC.ControlGraft[]): Promise<RPC.ControlPrune[]> {
    const asked = grafts.flatMap(({ topicID }) => (topicID === undefined ? [] : [topicID]))
    const news = [...new Set(asked)].filter((topic) => this.mesh.get(topic)?.has(peerId) === false)
    const score = this.score.score(peerId)
    const refusals = new Map(news.map((topic) => [topic, this.#whyRefused(peerId, topic, score)]))
    for (const topic of news) this.#onMesh({ action: 'graft_received', peerId, topic })
    const prunes = this.#because('their_graft', () => super.handleGraft(peerId, grafts))
    for (const [topic, reason] of refusals) {
      if (this.mesh.get(topic)?.has(peerId) === true || reason === undefined) continue
      this.#onMesh({ action: 'graft_rejected', peerId, topic, reason, score })
    }
    return prunes
  }

  override handlePrune(peerId: PeerIdStr, prunes: RPC.ControlPrune[]): Promise<void> {
    for (const { topicID: topic, backoff } of prunes) {
      const mesh = topic === undefined ? undefined : this.mesh.get(topic)
      if (topic === undefined || mesh === undefined) continue
      this.#onMesh({
        action: 'prune_received',
        peerId,
        topic,
        ...(backoff === undefined ? {} : { backoffSecs: Number(backoff) }),
      })
      if (mesh.has(peerId)) this.#onMesh({ action: 'prune_obeyed', peerId, topic })
    }
    return super.handlePrune(peerId, prunes)
  }

  /** In a heartbeat upstream calls this for each link it cuts, and in `handleGraft` for each GRAFT it refuses. */
  override addBackoff(peerId: PeerIdStr, topic: TopicStr): void {
    const score = this.score.score(peerId)
    const shortMs = score < 0 || this.#backoffLeftMs(peerId, topic) > 0 ? undefined : this.#shortBackoffMs()
    if (shortMs === undefined) super.addBackoff(peerId, topic)
    else {
      this.#shortBackoffs.set(`${peerId} ${topic}`, shortMs)
      // At once, not when the PRUNE is made: it goes out after all else of this beat, and whoever is grafted until then
      // takes it for the end of the new link.
      const ends = this.backoff.get(topic) ?? new Map<PeerIdStr, number>()
      this.backoff.set(topic, ends.set(peerId, this.#clock.nowMs() + shortMs))
    }
    if (this.#cause !== 'heartbeat') return
    const reason = score < 0 ? 'negative_score' : 'mesh_high'
    const backoffSecs = (shortMs ?? this.opts.pruneBackoff) / 1000
    this.#onMesh({ action: 'prune_sent', peerId, topic, reason, score, backoffSecs })
  }

  override async makePrune(
    peerId: PeerIdStr,
    topic: TopicStr,
    px: boolean,
    unsubscribe: boolean,
  ): Promise<RPC.ControlPrune> {
    const link = `${peerId} ${topic}`
    const shortMs = this.#shortBackoffs.get(link)
    this.#shortBackoffs.delete(link)
    const prune = await super.makePrune(peerId, topic, px, unsubscribe)
    if (shortMs === undefined || prune.backoff === undefined) return prune
    this.backoff.get(topic)?.set(peerId, this.#clock.nowMs() + shortMs)
    return { ...prune, backoff: shortMs / 1000 }
  }

  protected override onUnsubscribed(peerId: PeerIdStr, topic: TopicStr): void {
    this.linksByHand.delete(topic, peerId)
    this.#onMesh({ action: 'link_lost', peerId, topic, reason: 'peer_unsubscribed' })
  }

  override removePeer(peerId: PeerId): void {
    const id = peerId.toString()
    for (const [topic, mesh] of this.mesh) {
      this.linksByHand.delete(topic, id)
      if (mesh.has(id)) this.#onMesh({ action: 'link_lost', peerId: id, topic, reason: 'disconnected' })
    }
    super.removePeer(peerId)
  }

  /** Fills a mesh before upstream's heartbeat does: up to D when it is low or long short, and up to D_out of peers we dialled. */
  #fill(topic: TopicStr, mesh: ReadonlySet<PeerIdStr>): void {
    const staying = (): PeerIdStr[] => [...mesh].filter((peerId) => this.score.score(peerId) >= 0)
    const { D, Dlo, Dout } = this.opts
    const size = staying().length
    const isDue = this.#shortMeshes.isDue(topic, size < D, this.#clock.monotonicMs())
    if (size < Dlo || isDue) this.graftAll(this.#pick(this.candidates(topic), D - size), topic, 'heartbeat')
    const isOutbound = (peerId: PeerIdStr): boolean => this.outbound.get(peerId) === true
    const missing = Dout - staying().filter(isOutbound).length
    if (missing > 0) this.graftAll(this.#pick(this.candidates(topic).filter(isOutbound), missing), topic, 'heartbeat')
  }

  #pick(candidates: readonly PeerIdStr[], need: number): readonly PeerIdStr[] {
    const scoreOf = (peerId: PeerIdStr): number => this.score.score(peerId)
    return pickHybrid(
      candidates,
      need,
      scoreOf,
      this.#random,
      (peerId) => this.receivers.rttMs(peerId) ?? UNKNOWN_RTT_MS,
    )
  }

  /** Takes peers into a mesh; they are candidates of it. */
  protected graftAll(peers: readonly PeerIdStr[], topic: TopicStr, reason: MeshReason): void {
    this.#because(reason, () => {
      for (const peerId of peers) {
        this.addToMesh(peerId, topic, reason)
        this.sendGraft(peerId, [topic])
      }
    })
  }

  /**
   * Whom upstream would consider, except that a backoff ends one heartbeat after it is over and not at a later sweep:
   * our beats divide most backoffs, and a GRAFT sent on the very instant may reach the peer before its own has ended.
   */
  protected candidates(topic: TopicStr): readonly PeerIdStr[] {
    const mesh = this.mesh.get(topic)
    const endedByMs = this.#clock.nowMs() - this.opts.heartbeatInterval
    return [...(this.topics.get(topic) ?? [])].filter((peerId) => {
      const stream = this.streamsOutbound.get(peerId)
      return (
        stream !== undefined &&
        this.protocols.includes(stream.protocol) &&
        mesh?.has(peerId) !== true &&
        !this.direct.has(peerId) &&
        (this.backoff.get(topic)?.get(peerId) ?? Number.NEGATIVE_INFINITY) <= endedByMs &&
        this.score.score(peerId) >= 0
      )
    })
  }

  /** The checks of upstream's `handleGraft`, in its order. */
  #whyRefused(peerId: PeerIdStr, topic: TopicStr, score: number): MeshReason | undefined {
    if (this.direct.has(peerId)) return 'explicit_peer'
    if (this.#backoffLeftMs(peerId, topic) > 0) return 'backoff'
    if (score < 0) return 'negative_score'
    const isFull = (this.mesh.get(topic)?.size ?? 0) >= this.opts.Dhi
    return isFull && this.outbound.get(peerId) !== true ? 'mesh_high' : undefined
  }

  #backoffLeftMs(peerId: PeerIdStr, topic: TopicStr): number {
    return Math.max(0, (this.backoff.get(topic)?.get(peerId) ?? 0) - this.#clock.nowMs())
  }

  /** The backoff of a link that only our own size costs a well-behaved peer; undefined for the protocol's. */
  #shortBackoffMs(): number | undefined {
    // A PRUNE of theirs without a backoff comes to `addBackoff` too, and is nobody's consequence.
    if (this.#cause !== 'heartbeat' && this.#cause !== 'their_graft') return undefined
    const isSettling = this.#clock.monotonicMs() - this.#loadLoweredAtMs < LOWERED_LOAD_SETTLES_MS
    if (isSettling) return LOWERED_LOAD_BACKOFF_MS
    return this.#cause === 'their_graft' ? FULL_MESH_BACKOFF_MS : undefined
  }

  /** Runs a synchronous step of upstream's under the cause by which its changes are named. */
  #because<T>(cause: MeshReason | 'their_graft', run: () => T): T {
    const before = this.#cause
    this.#cause = cause
    try {
      return run()
    } finally {
      this.#cause = before
    }
  }
}

const NO_CONTROL = { ihave: [], iwant: [], graft: [], prune: [], idontwant: [] }

/**
 * What this relay adds to gossipsub's scores, and what it hears of its peers' conduct: copies that fail to reach a peer
 * count against it (upstream's P5), a trusted peer is never below zero, and a stream that brings no RPCs is told of.
 */
import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { PeerId, Stream } from '@libp2p/interface'
import type { Layers } from '../../../config/address-settings.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { PeerIdStr } from '../../../shared/ids.ts'
import { isOurOwnFault } from '../../../shared/our-own-fault.ts'
import { bufferCollection } from '../../host/buffer-collection.ts'
import type { GossipOffence, OffenceObserver } from '../gossip-offence.ts'
import type { MessageClass } from '../message-class.ts'
import { SlowPenalties } from '../score/slow-penalties.ts'
import { FailedSends } from '../sending/slow-peer.ts'
import { InboundFrames } from '../wire/inbound-frames.ts'
import { MessageRooms } from '../wire/message-rooms.ts'
import { DONE } from './done.ts'
import type { RouterComponents, RouterOptions } from './gossipsub-internals.ts'
import { MeshRouter, type MeshRouterDeps } from './mesh-router.ts'

export interface ScoredRouterDeps extends MeshRouterDeps {
  /** Asked at each reading of a score below zero. */
  readonly isTrusted: (peerId: PeerIdStr) => boolean
  readonly onOffence: OffenceObserver
  readonly clock: Clock
  /** Whose code reads and writes RPCs, where the library has some that can be used (ADR 30); our own unless said. */
  readonly layers?: Layers | undefined
}

const BAD_RPC: GossipOffence = { kind: 'bad_rpc' }
const SLOW: GossipOffence = { kind: 'slow' }

/** How it-length-prefixed says that a length is too long or no length; a stream that ends or breaks says otherwise. */
const LENGTH_ERRORS: ReadonlySet<string> = new Set([
  'InvalidDataLengthError',
  'InvalidDataLengthLengthError',
  'InvalidMessageLengthError',
])
/** How protons says that an RPC has more of something than we take: an RPC nevertheless, and dropped. */
const TOO_MANY_ELEMENTS = 'MaxLengthError'

export class ScoredRouter extends MeshRouter {
  readonly #onOffence: OffenceObserver
  readonly #penalties: SlowPenalties
  readonly #failedSends = new FailedSends()
  readonly #maxRpcBytes: number
  readonly #clock: Clock
  /** While an RPC is handled in the turn that completed it: when its first bytes came, monotonic. */
  protected rpcStartedAtMs: number | undefined
  /** Memory of long messages, while they are read and in the cache. */
  protected readonly rooms: MessageRooms
  /** While an RPC is handled in that turn: somebody looks at its bytes after that. So it is unless the opposite is known. */
  protected isRpcKept = true
  /** RPCs are cut, decoded and encoded by the library, one at a time. */
  protected readonly isStock: boolean

  constructor(components: RouterComponents, options: RouterOptions, deps: ScoredRouterDeps) {
    super(components, options, deps)
    this.#onOffence = deps.onOffence
    this.#clock = deps.clock
    this.isStock = deps.layers === 'stock'
    const buffers = bufferCollection()
    this.rooms = new MessageRooms({ onMade: (bytes) => buffers.count(bytes) })
    this.#maxRpcBytes = options.maxInboundDataLength ?? Number.POSITIVE_INFINITY
    this.#penalties = new SlowPenalties(this.score.peerStats)
    this.score.params.appSpecificScore = (peerId) => this.#penalties.scoreOf(peerId)
    this.#decayWithTheOthers()
    this.#keepTrusted(deps.isTrusted)
  }

  /**
   * Upstream does not know whose bytes it decodes, and reads them by asynchronous iterators. As there, an RPC that fails
   * does not end the stream: a peer that is to go is disconnected by whoever hears of its offence. RPCs are not awaited.
   */
  override createInboundStream(peerId: PeerId, stream: Stream): void {
    if (this.isStock) {
      super.createInboundStream(peerId, stream)
      return
    }
    const id = peerId.toString()
    if (!this.isStarted() || !this.peers.has(id)) return
    void this.streamsInbound.get(id)?.close()
    const frames = new InboundFrames(stream, {
      maxBytes: this.#maxRpcBytes,
      rooms: this.rooms,
      nowMs: () => this.#clock.monotonicMs(),
      onFrame: (bytes, startedAtMs) => this.#onFrame(peerId, bytes, startedAtMs),
      onError: (error) => this.handlePeerReadStreamError(error, peerId),
    })
    this.streamsInbound.set(id, frames)
  }

  /** Stock layers only: as upstream has it, but whose bytes fail to decode is told of. */
  override async pipePeerReadStream(peerId: PeerId, frames: AsyncIterable<{ subarray(): Uint8Array }>): Promise<void> {
    try {
      for await (const frame of frames) this.#onFrame(peerId, frame.subarray(), this.#clock.monotonicMs())
    } catch (error) {
      this.handlePeerReadStreamError(error instanceof Error ? error : new Error(String(error)), peerId)
    }
  }

  override handlePeerReadStreamError(error: Error, peerId: PeerId): void {
    if (LENGTH_ERRORS.has(error.name)) this.#onOffence(peerId.toString(), BAD_RPC)
    super.handlePeerReadStreamError(error, peerId)
  }

  override removePeer(peerId: PeerId): void {
    super.removePeer(peerId)
    this.#penalties.onPeerLeft(peerId.toString())
  }

  /** A copy did not reach the peer. */
  protected onSendFailed(peerId: PeerIdStr, messageClass: MessageClass): void {
    this.#penalties.add(peerId)
    this.#failedSends.count(peerId, messageClass)
  }

  /**
   * To be called at each heartbeat, before scores are asked: what failed to reach most peers at once did so because of us, and
   * costs them neither their score nor their place.
   */
  protected forgiveOurOwnFault(): void {
    if (!isOurOwnFault(this.#failedSends.slowPeers().length, this.peers.size)) return
    for (const [peerId, copies] of this.#failedSends.takeAll()) this.#penalties.forgive(peerId, copies)
  }

  /** To be called once a second. */
  protected reportSlowPeers(): void {
    for (const peerId of this.#failedSends.slowPeers()) this.#onOffence(peerId, SLOW)
    this.#failedSends.takeAll()
  }

  /** @returns whether nobody looks at the bytes any more */
  #onFrame(peerId: PeerId, bytes: Uint8Array, startedAtMs: number): boolean {
    this.rpcStartedAtMs = startedAtMs
    this.isRpcKept = true
    const rpc = this.#decode(peerId, bytes)
    if (rpc !== undefined) this.#handle(peerId, rpc)
    this.rpcStartedAtMs = undefined
    const isKept = this.isRpcKept
    // Of one that was being handled when this one came, it is not known any more.
    this.isRpcKept = true
    return !isKept
  }

  #decode(peerId: PeerId, bytes: Uint8Array): RPC | undefined {
    try {
      return this.decodeRpc(bytes)
    } catch (error) {
      const isLimit = error instanceof Error && error.name === TOO_MANY_ELEMENTS
      if (!isLimit) this.#onOffence(peerId.toString(), BAD_RPC)
      return undefined
    }
  }

  /** Nothing of an RPC may end the process, or the stream; what went wrong with it has been counted where it did. */
  #handle(peerId: PeerId, rpc: RPC): void {
    try {
      const handled = this.handleReceivedRpc(peerId, rpc)
      if (handled !== DONE) handled.catch(dropped)
    } catch {
      this.isRpcKept = true
      dropped()
    }
  }

  #decayWithTheOthers(): void {
    const { score } = this
    const refreshScores = score.refreshScores.bind(score)
    score.refreshScores = () => {
      refreshScores()
      this.#penalties.decay()
    }
  }

  /** Outside upstream's cache, so that trust given or taken shows at once. */
  #keepTrusted(isTrusted: (peerId: PeerIdStr) => boolean): void {
    const { score } = this
    const scoreOf = score.score.bind(score)
    score.score = (peerId) => {
      const value = scoreOf(peerId)
      return value < 0 && isTrusted(peerId) ? 0 : value
    }
  }
}

function dropped(): void {}

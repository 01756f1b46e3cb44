/**
 * Gossipsub as this relay runs it. Eight layers, each a class: upstream's faults mended (mended-router.ts), the mesh in
 * the operator's hand (mesh-router.ts), what peers' conduct does to their scores (scored-router.ts), counts of what goes
 * over the streams (counted-router.ts), what peers are told that we have (lazy-push-router.ts), IDONTWANT
 * (announcing-router.ts), the way of a message out (sending-router.ts), and here the topics that are let in and the RPCs from
 * which messages take their way in (arrivals.ts), known by bounded tables of ids. Who is in the meshes of blocks and sidecars
 * is looked after in large-meshes.ts.
 */
import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { PeerId } from '@libp2p/interface'
import type { MsgIdStr, PeerIdStr, TopicStr } from '../../../shared/ids.ts'
import { type KindIndex, UNKNOWN_KIND } from '../../stats/kind-traffic.ts'
import type { Arrival } from '../arrival/arrival.ts'
import { type ArrivalObserver, Arrivals } from '../arrival/arrivals.ts'
import { DeliveryRecords } from '../arrival/delivery-records.ts'
import type { FastMessageId } from '../ids/fast-message-id.ts'
import { SeenIds } from '../ids/seen-ids.ts'
import { LargeMeshes, type MeshHand } from '../mesh/large-meshes.ts'
import { isLargeClass, type MessageClass } from '../message-class.ts'
import { SCORE_THRESHOLDS } from '../score/score-parameters.ts'
import { cacheMessage, idBytes, returnRooms } from '../sending/message-cache.ts'
import type { TopicRules } from '../topics/topic-rules.ts'
import { SHARED_BYTES, Slab } from '../wire/slab.ts'
import { DONE } from './done.ts'
import type { RouterComponents, RouterOptions } from './gossipsub-internals.ts'
import { type SendingObserver, SendingRouter, type SendingRouterDeps } from './sending-router.ts'

export type { RouterComponents } from './gossipsub-internals.ts'

/**
 * Messages that have waited longer may be some that were asked for: a third of the time in which those are to come
 * (upstream's GossipsubIWantFollowupTime, 3 s).
 */
const MAX_BLAMED_WAIT_MS = 1000

/** What the router tells the statistics. Called on the hot path: implementations only count. */
export interface RouterObserver extends SendingObserver, ArrivalObserver {
  onReceived(kind: KindIndex, sizeBytes: number): void
}

/** What becomes of each message, for whoever follows single ones. Called on the hot path: implementations take note. */
export interface PassageObserver {
  /** Accepted, and handed to its receivers. `payload` is lent for the call. `atMs`: monotonic, of the first bytes of its RPC. */
  onPassed(topic: TopicStr, msgId: MsgIdStr, payload: Uint8Array, from: PeerIdStr, atMs: number): void
  /** A copy of a message that came before. */
  onCopy(msgId: MsgIdStr, from: PeerIdStr): void
}

export interface RelayRouterDeps extends SendingRouterDeps {
  readonly observer: RouterObserver
  readonly passage?: PassageObserver
  readonly fastMessageId: FastMessageId
  /** How long a message id is known: seen_ttl. */
  readonly seenTtlMs: number
  /** Of topics without rules: of messages that we send without having been given them. */
  readonly classOf: (topic: TopicStr) => MessageClass
  /** Topics of which peers' subscriptions are kept; the library copies the list it is given, so it is set here. */
  readonly knownTopics: Set<TopicStr>
}

export class RelayRouter extends SendingRouter {
  readonly #deps: RelayRouterDeps
  /** Of every topic that is let in, by its name: the one look-up of a message that comes. */
  readonly #topics = new Map<TopicStr, TopicRules>()
  readonly #arrivals: Arrivals
  readonly #slab = new Slab()
  readonly #largeMeshes: LargeMeshes
  readonly #records: DeliveryRecords

  constructor(components: RouterComponents, options: RouterOptions, deps: RelayRouterDeps) {
    super(components, options, deps)
    const { clock, seenTtlMs, fastMessageId, observer, passage, nextTurn } = deps
    this.#deps = deps
    const facts = {
      isOwn: (peerId: PeerIdStr) => this.receivers.isOwn(peerId),
      rttMs: (peerId: PeerIdStr) => this.receivers.rttMs(peerId),
      isOutbound: (peerId: PeerIdStr) => this.outbound.get(peerId) === true,
      firstShare: (peerId: PeerIdStr) => this.copyLedger.firstShare(peerId),
      messagesWith: (peerId: PeerIdStr) => this.copyLedger.messagesWith(peerId),
      lackedShare: (peerId: PeerIdStr) => this.copyLedger.lackedShare(peerId),
    }
    this.#largeMeshes = new LargeMeshes({ facts, hand: this.#meshHand(), clock, random: deps.random ?? Math.random })
    this.allowedTopics = deps.knownTopics
    const seenIds = new SeenIds({ clock, ttlMs: seenTtlMs })
    this.seenCache = seenIds
    this.#records = new DeliveryRecords(clock)
    this.score.deliveryRecords = this.#records
    this.#arrivals = new Arrivals({
      router: this,
      clock,
      fastMessageId,
      observer,
      onCopy: (msgId, from) => passage?.onCopy(msgId, from),
      onKept: () => {
        this.isRpcKept = true
      },
      onNew: (arrival, msgId) => this.#announce(arrival, msgId),
      onAccepted: (arrival, msgId, isNew) => this.#passOn(arrival, msgId, isNew),
      forget: (msgId) => {
        seenIds.delete(msgId)
        this.#records.forget(msgId)
      },
      isTaken: (topic, rules) => this.#topics.get(topic) === rules,
      // Not `acceptFrom`, which makes an entry that stays when the peer has gone.
      isHeard: (peerId) => this.direct.has(peerId) || this.score.score(peerId) >= SCORE_THRESHOLDS.graylistThreshold,
      ...(nextTurn === undefined ? {} : { nextTurn }),
    })
    this.fastMsgIdCache = this.#arrivals.known
    returnRooms(this.mcache, this.rooms)
    this.#blameNobodyForOurDelay()
  }

  /** Messages are handled here, before the promise is there; upstream is left what else is in the RPC. */
  override handleReceivedRpc(from: PeerId, rpc: RPC): Promise<void> {
    const { messages, subscriptions, control } = rpc
    const isMessagesOnly = subscriptions.length === 0 && (control === undefined || saysNothing(control))
    // What keeps one of them longer says so; of the rest of an RPC upstream may keep parts.
    if (isMessagesOnly) this.isRpcKept = false
    if (messages.length > 0) this.#receiveAll(from, messages)
    if (isMessagesOnly) return DONE
    return super.handleReceivedRpc(from, messages.length === 0 ? rpc : { ...rpc, messages: [] })
  }

  /** As if the message came alone, from a peer that we listen to. */
  override handleReceivedMessage(from: PeerId, message: RPC.Message): Promise<void> {
    this.#receive(from, from.toString(), message, this.#deps.clock.monotonicMs(), true)
    return DONE
  }

  override forwardMessage(msgId: MsgIdStr, message: RPC.Message, source?: PeerIdStr, exclude?: Set<PeerIdStr>): void {
    const { topic } = message
    if (source !== undefined) this.score.deliverMessage(source, msgId, topic)
    const rules = this.#topics.get(topic)
    const messageClass = rules?.messageClass ?? this.#deps.classOf(topic)
    const kind = rules?.kind ?? UNKNOWN_KIND
    this.send({ msgId, message, messageClass, kind, source, exclude, arrivedAtMs: undefined })
  }

  /** All of upstream's changes to the meshes are made before its first await (mesh-router.ts): ours come after them. */
  override heartbeat(): Promise<void> {
    const beat = super.heartbeat()
    this.#largeMeshes.beat()
    return beat
  }

  override stop(): Promise<void> {
    this.#arrivals.stop()
    return super.stop()
  }

  /** Lets messages of a topic in, by its rules. Comes before `subscribe`, so that none slips by. */
  allow(topic: TopicStr, rules: TopicRules): void {
    this.#topics.set(topic, rules)
    this.topicNames.add(topic)
    this.allowedTopics?.add(topic)
  }

  /** Shuts a topic out; comes after `unsubscribe`. */
  disallow(topic: TopicStr): void {
    this.allowedTopics?.delete(topic)
    this.topicNames.remove(topic)
    this.#topics.delete(topic)
    this.#largeMeshes.forget(topic)
  }

  /**
   * A message that was passed on has turned out to be forged. It costs who brought it, and who sent copies of it since, what
   * a rejected one does (P4), and nobody is offered it any more. `isSpared`: who pays nothing for it.
   */
  disown(
    topic: TopicStr,
    msgId: MsgIdStr,
    broughtBy: readonly PeerIdStr[],
    isSpared: (peerId: PeerIdStr) => boolean,
  ): void {
    const senders = new Set([...broughtBy, ...this.#records.disown(msgId)])
    for (const peerId of senders) if (!isSpared(peerId)) this.score.rejectInvalidMessage(peerId, topic)
    this.mcache.msgs.delete(msgId)
  }

  /** Messages that were read and wait for their turn. */
  get waitingMessages(): number {
    return this.#arrivals.waiting
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

  /** What we have not opened yet may be what was promised; upstream knows only that it is overdue. */
  #blameNobodyForOurDelay(): void {
    const { gossipTracer } = this
    const getBrokenPromises = gossipTracer.getBrokenPromises.bind(gossipTracer)
    gossipTracer.getBrokenPromises = () => {
      const broken = getBrokenPromises()
      return this.#arrivals.waitingMs > MAX_BLAMED_WAIT_MS ? new Map() : broken
    }
  }

  #receiveAll(from: PeerId, messages: readonly RPC.Message[]): void {
    const fromId = from.toString()
    const isHeard = this.acceptFrom(fromId)
    const atMs = this.#deps.clock.monotonicMs()
    for (const message of messages) this.#receive(from, fromId, message, atMs, isHeard)
  }

  /** Known topics that we are not in are left out: late messages of one we left are no fault of their sender. */
  #receive(from: PeerId, fromId: PeerIdStr, message: RPC.Message, atMs: number, isHeard: boolean): void {
    const rules = this.#topics.get(message.topic)
    this.#deps.observer.onReceived(rules?.kind ?? UNKNOWN_KIND, message.data?.length ?? 0)
    if (rules !== undefined && isHeard) {
      this.#arrivals.receive(from, fromId, rules, message, atMs, this.rpcStartedAtMs)
    }
  }

  /** Tells the mesh that a large message need not be sent to us any more (gossipsub v1.2, IDONTWANT). */
  #announce({ message, fromId, copies, sizeBytes }: Arrival, msgId: MsgIdStr): void {
    if (sizeBytes < this.opts.idontwantMinDataSize) return
    this.sendIDontWants(idBytes(msgId), message.topic, fromId, copies)
  }

  #meshHand(): MeshHand {
    return {
      large: () => [...this.mesh].filter(([topic]) => this.#isLarge(topic)),
      viewOf: (topic, mesh) => ({
        mesh,
        candidates: () => this.candidates(topic),
        meshN: this.opts.D,
        meshHigh: this.opts.Dhi,
        outboundMin: this.opts.Dout,
        isHeld: (peerId) => this.linksByHand.has(topic, peerId),
      }),
      change: (topic, { graft, cut }, reason) => {
        this.wireCounts.replacedPeers(reason, cut.length)
        for (const peerId of cut) void this.cutLink(peerId, topic, reason)
        this.graftAll(graft, topic, reason)
      },
    }
  }

  #isLarge(topic: TopicStr): boolean {
    const rules = this.#topics.get(topic)
    return rules !== undefined && isLargeClass(rules.messageClass)
  }

  #passOn(arrival: Arrival, msgId: MsgIdStr, isNew: boolean): void {
    const { message, rules, fromId, startedAtMs } = arrival
    const isLarge = arrival.sizeBytes >= this.opts.idontwantMinDataSize
    if (isLarge) this.#largeMeshes.onMessage(message.topic)
    const sent = this.send({
      msgId,
      message,
      kind: rules.kind,
      messageClass: rules.messageClass,
      source: fromId,
      exclude: arrival.copies,
      arrivedAtMs: arrival.atMs,
      isUntold: isNew && isLarge,
    })
    const data = message.data ?? NO_BYTES
    // What was read is lent, and may hold other messages too: the cache shares what was made to be sent, or has a copy.
    const made = sent === undefined || sent.data.buffer === data.buffer ? undefined : sent.data
    const room = made === undefined && data.length > SHARED_BYTES ? this.rooms.copy(data) : undefined
    message.data = made ?? room ?? this.#slab.copy(data)
    cacheMessage(this.mcache, msgId, message, room)
    this.#deps.passage?.onPassed(message.topic, msgId, data, fromId, startedAtMs)
  }
}

const NO_BYTES = new Uint8Array()

/** A control message without any: there is nothing in it that upstream would have to be asked for. */
function saysNothing({ ihave, iwant, graft, prune, idontwant }: RPC.ControlMessage): boolean {
  return ihave.length + iwant.length + graft.length + prune.length + idontwant.length === 0
}

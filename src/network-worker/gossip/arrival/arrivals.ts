/**
 * The way in of a message: known or new by the cheap id of its bytes, then opened, known by its true id, judged, and
 * passed on. All of it in the turn that brought it, unless it waits in the lane of its class or for a verdict. It stands
 * in place of upstream's `handleReceivedMessage` and tells scores, promises and caches what that would tell them.
 */
import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { PeerId } from '@libp2p/interface'
import type { Clock } from '../../../shared/clock.ts'
import type { MsgIdStr, PeerIdStr, TopicStr } from '../../../shared/ids.ts'
import { bufferCollection } from '../../host/buffer-collection.ts'
import type { KindIndex } from '../../stats/kind-traffic.ts'
import { isPassing, type Verdict, type VerdictReason } from '../../validation/verdict.ts'
import type { FastMessageId } from '../ids/fast-message-id.ts'
import { ForgottenIds } from '../ids/forgotten-ids.ts'
import { RecentFastIds } from '../ids/recent-fast-ids.ts'
import type { MessageClass } from '../message-class.ts'
import type { GossipsubInternals } from '../router/gossipsub-internals.ts'
import type { DropReason } from '../sending/peer-outbox.ts'
import type { Held, TopicRules } from '../topics/topic-rules.ts'
import { isPlain } from '../wire/message-encoder.ts'
import { SHARED_BYTES, Slab } from '../wire/slab.ts'
import type { Arrival } from './arrival.ts'
import { InboundLane } from './inbound-lane.ts'
import { PendingVerdicts } from './pending-verdicts.ts'

/** Longest message that waits in the lane: no payload of its class is half as long, and a longer one is refused by its length. */
const MAX_WAITING_BYTES = 4096
/**
 * What one RPC may take at once: two of the largest blocks there can be. Long messages of it that come after that wait in the
 * lane: one of 11 MB opens to 240, which takes 140 ms, and with blocks of old slots, which are ignored, costs nothing.
 */
const MAX_RPC_MS = 10

/** Called on the hot path: implementations only count. */
export interface ArrivalObserver {
  onDuplicate(kind: KindIndex): void
  onDropped(reason: DropReason, messageClass: MessageClass): void
}

/** The router, as far as the way in needs it. */
export interface ArrivalsDeps {
  readonly router: Pick<GossipsubInternals, 'score' | 'gossipTracer' | 'seenCache'>
  readonly clock: Clock
  readonly fastMessageId: FastMessageId
  readonly observer: ArrivalObserver
  /** A copy of a message that is known came from this peer. */
  readonly onCopy: (msgId: MsgIdStr, from: PeerIdStr) => void
  /** Somebody will look at the bytes of the message that is being received when it was. */
  readonly onKept: () => void
  /** A message is new, and copies of it are of no use to us. Its verdict may be to come. */
  readonly onNew: (arrival: Arrival, msgId: MsgIdStr) => void
  /** `isNew`: `onNew` was not called, since both come at once. */
  readonly onAccepted: (arrival: Arrival, msgId: MsgIdStr, isNew: boolean) => void
  /** A message is to be new when it comes again: ids seen and records of who brought it. */
  readonly forget: (msgId: MsgIdStr) => void
  /** False once a topic was left: what waits of it then goes nowhere. */
  readonly isTaken: (topic: TopicStr, rules: TopicRules) => boolean
  /** Whether a peer's score lets us listen to it, asked when a message of its has waited. */
  readonly isHeard: (peerId: PeerIdStr) => boolean
  /** For tests: see InboundLane. */
  readonly nextTurn?: (run: () => void) => void
}

export class Arrivals {
  readonly #deps: ArrivalsDeps
  /** The id of a message that was opened, or the message itself while it waits for that. */
  readonly known: RecentFastIds<MsgIdStr | Arrival>
  readonly #lane: InboundLane<Arrival>
  readonly #slab = new Slab()
  readonly #buffers = bufferCollection()
  /** Ids that `known` may still have for other bytes of the message, so that a copy in these is judged anew too. */
  readonly #forgotten = new ForgottenIds()
  readonly #pending = new PendingVerdicts()

  constructor(deps: ArrivalsDeps) {
    this.#deps = deps
    this.known = new RecentFastIds(deps.clock)
    this.#lane = new InboundLane({
      clock: deps.clock,
      handle: (arrival) => this.#takeFromLane(arrival),
      onWait: (arrival) => this.#onWait(arrival),
      onDropped: (arrival) => this.#onDropped(arrival),
      ...(deps.nextTurn === undefined ? {} : { nextTurn: deps.nextTurn }),
    })
  }

  /** Messages that wait in the lane. */
  get waiting(): number {
    return this.#lane.length
  }

  /** How long messages have waited in the lane without a pause, ms. */
  get waitingMs(): number {
    return this.#lane.waitingMs
  }

  /** A message of a topic that we are in, with its data, from a peer that we listen to. Never throws. */
  receive(
    from: PeerId,
    fromId: PeerIdStr,
    rules: TopicRules,
    message: RPC.Message,
    atMs: number,
    startedAtMs = atMs,
  ): void {
    const data = message.data ?? NO_BYTES
    const fastId = this.#deps.fastMessageId(message.topic, data)
    const known = this.known.get(fastId)
    if (typeof known === 'string' && !this.#forgotten.has(known)) {
      this.#onCopy(known, fromId, message.topic, rules)
      return
    }
    if (typeof known === 'object') {
      this.#noteCopy(known, fromId)
      this.#deps.observer.onDuplicate(rules.kind)
      return
    }
    // As the policy StrictNoSign has it (pubsub/README.md); upstream overlooks `from`, and our peers would not.
    if (!isPlain(message)) {
      this.#deps.router.score.rejectInvalidMessage(fromId, message.topic)
      return
    }
    const arrival: Arrival = {
      from,
      fromId,
      rules,
      message,
      fastId,
      atMs,
      startedAtMs,
      copies: undefined,
      moves: 0,
      sizeBytes: data.length,
    }
    const isShort = data.length <= MAX_WAITING_BYTES
    const isLeft = !isShort && this.#deps.clock.monotonicMs() - atMs > MAX_RPC_MS
    if (isLeft || (isShort && rules.messageClass === 'attestation')) this.#lane.offer(arrival)
    else this.#take(arrival)
  }

  /** Forgets what waits, in the lane or for a verdict. */
  stop(): void {
    this.#lane.clear()
    this.#pending.clear()
  }

  #takeFromLane(arrival: Arrival): void {
    const { fromId, rules, message, copies } = arrival
    const { isTaken, isHeard } = this.#deps
    // One that others sent too is not lost for what became of the first to send it.
    const isSenderHeard = isHeard(fromId) || (copies !== undefined && [...copies].some(isHeard))
    if (isSenderHeard && isTaken(message.topic, rules)) this.#take(arrival)
    else this.known.delete(arrival.fastId)
  }

  /** A fault of ours in it costs this message, and not the process. */
  #take(arrival: Arrival): void {
    let msgId: MsgIdStr | undefined
    try {
      const opened = arrival.rules.open(arrival.message.data ?? NO_BYTES)
      if (opened.ok) {
        msgId = arrival.rules.idOf(opened.bytes)
        this.#judge(arrival, msgId, opened.bytes)
      } else this.#onUnreadable(arrival, opened.reason)
    } catch {
      // Who had it by then is not known.
      this.#deps.onKept()
      if (msgId === undefined) this.known.delete(arrival.fastId)
      else this.#ignore(arrival, msgId)
    }
  }

  #judge(arrival: Arrival, msgId: MsgIdStr, payload: Uint8Array): void {
    const { rules, fromId, fastId, message } = arrival
    const { router } = this.#deps
    this.known.set(fastId, msgId)
    const isKnown = router.seenCache.put(msgId)
    if (isKnown) this.#onCopy(msgId, fromId, message.topic, rules)
    this.#tellCopies(arrival, msgId)
    if (isKnown) return
    this.#forgotten.delete(msgId)
    const verdict = rules.check(payload, msgId, arrival)
    if ('settled' in verdict || verdict instanceof Promise) this.#await(arrival, msgId, payload, verdict)
    else {
      if (verdict.action !== 'accept' && !isPassing(verdict)) this.#deps.onNew(arrival, msgId)
      this.#settle(arrival, msgId, payload, verdict, true)
    }
  }

  #await(arrival: Arrival, msgId: MsgIdStr, payload: Uint8Array, given: Promise<Verdict> | Held): void {
    const isHeld = 'settled' in given
    const promised = isHeld ? given.settled : given
    if (this.#pending.isFull) {
      promised.catch(unheard)
      this.#deps.observer.onDropped('inbound_full', arrival.rules.messageClass)
      this.#ignore(arrival, msgId)
      this.#forget(arrival, msgId)
      return
    }
    // Of one that waits for copies nobody is told that they are not wanted.
    if (!isHeld) this.#deps.onNew(arrival, msgId)
    // From here on the copies' senders are noted as those of a message that is not judged yet.
    this.#deps.router.score.validateMessage(msgId)
    this.#keepPromise(msgId)
    const { message, rules } = arrival
    message.data = this.#ownBytes(message.data ?? NO_BYTES)
    const kept = this.#keptPayload(payload)
    this.#pending.add(msgId, arrival, promised, (verdict) => {
      if (verdict === undefined || !this.#deps.isTaken(message.topic, rules)) this.#ignore(arrival, msgId)
      else this.#settle(arrival, msgId, kept, verdict, isHeld)
    })
  }

  /** A view of a chunk that holds much else would keep all of it. */
  #ownBytes(data: Uint8Array): Uint8Array {
    if (data.buffer.byteLength > 2 * data.length) return this.#slab.copy(data)
    this.#deps.onKept()
    return data
  }

  /** A copy, whether it is lent or not. */
  #keptPayload(payload: Uint8Array): Uint8Array {
    if (payload.length > SHARED_BYTES) this.#buffers.count(payload.length)
    return this.#slab.copy(payload)
  }

  #settle(arrival: Arrival, msgId: MsgIdStr, payload: Uint8Array, verdict: Verdict, isNew: boolean): void {
    const { rules, from, fromId, message } = arrival
    const { router, onAccepted } = this.#deps
    if (verdict.action === 'accept') {
      // Before all that is only to be counted: the first copy leaves that much earlier.
      onAccepted(arrival, msgId, isNew)
      this.#keepPromise(msgId)
      router.score.deliverMessage(fromId, msgId, message.topic)
      rules.onVerdict(verdict, payload, from)
      return
    }
    rules.onVerdict(verdict, payload, from)
    router.score.rejectMessage(fromId, msgId, message.topic, verdict.action)
    router.gossipTracer.rejectMessage(msgId, verdict.action)
    if (isPassing(verdict)) this.#forget(arrival, msgId)
  }

  /** When it comes again, in these bytes or others, it is judged anew. */
  #forget({ fastId }: Arrival, msgId: MsgIdStr): void {
    this.#deps.forget(msgId)
    this.known.delete(fastId)
    this.#forgotten.add(msgId)
  }

  #ignore({ fromId, message }: Arrival, msgId: MsgIdStr): void {
    this.#deps.router.score.rejectMessage(fromId, msgId, message.topic, 'ignore')
    this.#deps.router.gossipTracer.rejectMessage(msgId, 'ignore')
  }

  #onUnreadable(arrival: Arrival, reason: VerdictReason): void {
    const { rules, fastId, fromId, message } = arrival
    // A copy of it is to cost its sender as much.
    this.known.delete(fastId)
    for (const sender of [fromId, ...(arrival.copies ?? [])]) {
      rules.onUnreadable(reason, sender)
      this.#deps.router.score.rejectInvalidMessage(sender, message.topic)
    }
  }

  #onCopy(msgId: MsgIdStr, fromId: PeerIdStr, topic: TopicStr, rules: TopicRules): void {
    this.#deps.observer.onDuplicate(rules.kind)
    this.#scoreCopy(msgId, fromId, topic)
    const pending = this.#pending.get(msgId)
    if (pending !== undefined) this.#noteCopy(pending, fromId)
  }

  #scoreCopy(msgId: MsgIdStr, fromId: PeerIdStr, topic: TopicStr): void {
    const { router, onCopy } = this.#deps
    onCopy(msgId, fromId)
    router.score.duplicateMessage(fromId, msgId, topic)
    this.#keepPromise(msgId)
  }

  /** What was asked for came: the peers that announced it owe us nothing. */
  #keepPromise(msgId: MsgIdStr): void {
    const { gossipTracer } = this.#deps.router
    if (gossipTracer.promises.size > 0) gossipTracer.deliverMessage(msgId)
  }

  /** Copies that came before the id was known; they were counted as they came. */
  #tellCopies({ copies, message }: Arrival, msgId: MsgIdStr): void {
    if (copies === undefined) return
    for (const fromId of copies) this.#scoreCopy(msgId, fromId, message.topic)
  }

  #noteCopy(arrival: Arrival, fromId: PeerIdStr): void {
    arrival.copies ??= new Set()
    arrival.copies.add(fromId)
  }

  #onWait(arrival: Arrival): void {
    // A view of what was read would keep all of it: up to 64 kB for an attestation.
    arrival.message.data = this.#slab.copy(arrival.message.data ?? NO_BYTES)
    this.known.set(arrival.fastId, arrival)
  }

  /** Another who sent it takes its place, so that a peer which sends too much takes no messages of others with it. */
  #onDropped(arrival: Arrival): PeerIdStr | undefined {
    const { fastId, rules, copies } = arrival
    const heirId = copies === undefined ? undefined : [...copies][arrival.moves++]
    if (heirId !== undefined) return heirId
    // A copy of it may find room.
    this.known.delete(fastId)
    // It may be one that was asked for, and its id is not known: nobody is to be blamed for what we did not read.
    this.#deps.router.gossipTracer.clear()
    this.#deps.observer.onDropped('inbound_full', rules.messageClass)
    return undefined
  }
}

const NO_BYTES = new Uint8Array()

function unheard(): void {}

/**
 * Members of a mesh that bring nothing first make room, one at a time, for others that may. How far a peer is tells most of
 * what can be known before it is tried; how soon it has blocks, and how long it takes to pass them on, shows only in the mesh.
 * In: a mesh, who could be in it, and that a large message came through it. Out: now and then, who comes and who goes.
 */
import type { PeerIdStr, TopicStr } from '../../../shared/ids.ts'
import { BEST_SHARE } from './hybrid-selection.ts'
import {
  ANSWERED_AFTER_MS,
  NOTHING,
  SWAP_PERIOD_MS,
  type SwapFacts,
  type SwapStep,
  type SwapView,
} from './near-swaps.ts'

/** Between two turns of a mesh, in its large messages: two minutes of mainnet's blocks, and of each column subnet's. */
export const TURN_MESSAGES = 10
/** Who was there for fewer of the last large messages is not judged; whoever came at the turn before has been for ten. */
const LEAST_JUDGED_MESSAGES = 9
/** Below so much of the share that would be his if all brought as much first, a member makes room. */
const IDLE_SHARE = 0.5
/** Of a topic, those who were let go last are remembered, to be tried again after all others: more than are ever connected. */
const MAX_REMEMBERED = 1024

/** What is known of peers, and how sure it is. */
export interface TurnFacts extends SwapFacts {
  /** How many of the last large messages a peer had to do with. */
  messagesWith(peerId: PeerIdStr): number
}

interface Turns {
  /** Large messages since the last turn, up to `TURN_MESSAGES`. */
  messages: number
  nextMs: number
  pending: { readonly comes: PeerIdStr; readonly goes: PeerIdStr; readonly sinceMs: number } | undefined
  /** The longest ago first. */
  readonly letGo: Set<PeerIdStr>
}

export class MeshTurns {
  readonly #facts: TurnFacts
  readonly #random: () => number
  /** Of topics that we are in and that large messages came through. */
  readonly #topics = new Map<TopicStr, Turns>()

  /** @param random numbers in [0, 1) */
  constructor(facts: TurnFacts, random: () => number) {
    this.#facts = facts
    this.#random = random
  }

  /** To be called with each large message that is new. */
  onMessage(topic: TopicStr): void {
    const turns = this.#topics.get(topic)
    if (turns !== undefined) turns.messages++
    else {
      this.#topics.set(topic, { messages: 1, nextMs: Number.NEGATIVE_INFINITY, pending: undefined, letGo: new Set() })
    }
  }

  /** Whether a peer was let go and shall not come back for being near. */
  wasLetGo(topic: TopicStr, peerId: PeerIdStr): boolean {
    return this.#topics.get(topic)?.letGo.has(peerId) === true
  }

  /** Whether who was asked may yet answer: nothing else is to be changed until then. */
  isWaiting(topic: TopicStr): boolean {
    return this.#topics.get(topic)?.pending !== undefined
  }

  /** To be called at each heartbeat. A mesh at its upper bound has no room for both, and is cut first. */
  step(topic: TopicStr, view: SwapView, nowMs: number): SwapStep {
    const turns = this.#topics.get(topic)
    if (turns === undefined) return NOTHING
    if (turns.pending !== undefined) return finish(turns, turns.pending, view, nowMs)
    if (turns.messages < TURN_MESSAGES || nowMs < turns.nextMs || view.mesh.size < view.meshN) return NOTHING
    const goes = this.#leastUseful(view)
    // Looked at anew with the next ten: shares move no faster.
    if (goes === undefined) turns.messages = 0
    const comes = goes === undefined ? undefined : this.#next(turns, goes, view)
    if (goes === undefined || comes === undefined) return NOTHING
    turns.nextMs = nowMs + SWAP_PERIOD_MS
    if (view.mesh.size >= view.meshHigh) {
      letGo(turns, goes)
      return { graft: [comes], cut: [goes] }
    }
    turns.pending = { comes, goes, sinceMs: nowMs }
    return { graft: [comes], cut: [] }
  }

  /** To be called when a topic is left. */
  forget(topic: TopicStr): void {
    this.#topics.delete(topic)
  }

  /** Of those who were there long enough and bring next to nothing first, the least; of equals the farthest. */
  #leastUseful({ mesh, isHeld }: SwapView): PeerIdStr | undefined {
    const { isOwn, firstShare, messagesWith, rttMs } = this.#facts
    const limit = IDLE_SHARE / mesh.size
    const [least] = [...mesh]
      .filter((peerId) => !isOwn(peerId) && !isHeld(peerId) && messagesWith(peerId) >= LEAST_JUDGED_MESSAGES)
      .map((peerId) => ({ peerId, share: firstShare(peerId), rtt: rttMs(peerId) ?? Number.POSITIVE_INFINITY }))
      .filter(({ share }) => share < limit)
      .sort((a, b) => a.share - b.share || compare(b.rtt, a.rtt))
    return least?.peerId
  }

  /** Seven times of ten the nearest who was not let go, else any such; when all were, who was longest ago. */
  #next({ letGo: known }: Turns, goes: PeerIdStr, { mesh, candidates, outboundMin }: SwapView): PeerIdStr | undefined {
    const { isOutbound, rttMs } = this.#facts
    const outbound = [...mesh].filter((peerId) => isOutbound(peerId)).length
    const mustBeOutbound = isOutbound(goes) && outbound <= outboundMin
    const able = candidates().filter((peerId) => !mustBeOutbound || isOutbound(peerId))
    const fresh = able.filter((peerId) => !known.has(peerId))
    if (fresh.length === 0) return [...known].find((peerId) => able.includes(peerId))
    if (this.#random() >= BEST_SHARE) return fresh[Math.floor(this.#random() * fresh.length)]
    const rttOf = (peerId: PeerIdStr): number => rttMs(peerId) ?? Number.POSITIVE_INFINITY
    return fresh.reduce((best, peerId) => (rttOf(peerId) < rttOf(best) ? peerId : best))
  }
}

/** Cuts who goes when the other has stayed. Who refused has a back-off: another is asked at the next heartbeat. */
function finish(turns: Turns, pending: NonNullable<Turns['pending']>, view: SwapView, nowMs: number): SwapStep {
  const { comes, goes, sinceMs } = pending
  const { mesh, meshN, isHeld } = view
  if (nowMs - sinceMs < ANSWERED_AFTER_MS) return NOTHING
  turns.pending = undefined
  if (!mesh.has(comes)) {
    turns.nextMs = nowMs
    return NOTHING
  }
  turns.messages = 0
  // Others may have gone meanwhile: nobody is cut from a mesh that has no more than it should.
  if (!mesh.has(goes) || isHeld(goes) || mesh.size <= meshN) return NOTHING
  letGo(turns, goes)
  return { graft: [], cut: [goes] }
}

function letGo(turns: Turns, peerId: PeerIdStr): void {
  turns.messages = 0
  turns.letGo.delete(peerId)
  turns.letGo.add(peerId)
  const [oldest] = turns.letGo
  if (turns.letGo.size > MAX_REMEMBERED && oldest !== undefined) turns.letGo.delete(oldest)
}

/** As a comparison of infinities, too. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b
}

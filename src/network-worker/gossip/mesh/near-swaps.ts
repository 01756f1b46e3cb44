/**
 * Near peers come into the mesh for far ones. A mesh is filled when peers connect, before anybody knows how far they are, and
 * gossipsub keeps whoever is in it: left alone, it stays as near as chance made it. In: a mesh and who could be in it. Out: now
 * and then, who comes and who goes.
 */
import type { PeerIdStr, TopicStr } from '../../../shared/ids.ts'
import { BEST_SHARE } from './hybrid-selection.ts'

/** Between two looks at a mesh. */
export const SWAP_PERIOD_MS = 10_000
/** Of mesh_n, so much is swapped at once, rounded up: a mesh has become what it can be in a minute or two, at every load. */
const SWAPPED_AT_ONCE = 1 / 10
/**
 * After so long a peer that has no room has said so (PRUNE). Only then does the other go, so that a refusal costs no link.
 */
export const ANSWERED_AFTER_MS = 2000
/** What a swap has to gain, in ms and as a share: round trips differ by less from day to day, and a swap costs both sides a link. */
const MIN_GAIN_MS = 5
const MIN_GAIN_SHARE = 0.25

/** What is known of peers. */
export interface SwapFacts {
  /** The best round trip measured, ms, as blocks have it; undefined before the first. */
  rttMs(peerId: PeerIdStr): number | undefined
  /** True for peers of the operator's choice, which stay. */
  isOwn(peerId: PeerIdStr): boolean
  /** True for peers that we dialled, of which a mesh has a least number. */
  isOutbound(peerId: PeerIdStr): boolean
  /** Of the last large messages that it had to do with, the share that it brought first. */
  firstShare(peerId: PeerIdStr): number
}

/** A mesh, and whom it could have. */
export interface SwapView {
  readonly mesh: ReadonlySet<PeerIdStr>
  /** Asked for when it is needed. */
  readonly candidates: () => readonly PeerIdStr[]
  readonly meshN: number
  readonly meshHigh: number
  readonly outboundMin: number
  /** True for members whose link was made by hand, which stay. */
  readonly isHeld: (peerId: PeerIdStr) => boolean
}

/** One peer for another. */
export interface Swap {
  readonly comes: PeerIdStr
  readonly goes: PeerIdStr
}

interface Measured {
  readonly peerId: PeerIdStr
  readonly rttMs: number
}

/**
 * The swaps that gain most: the farthest of the near part of a mesh against the nearest who are not in it. The near part is as
 * large as what hybrid selection takes by score; whoever is in the rest stays, however far, since blocks come from everywhere. So
 * does who brings his share of messages first.
 */
export function findSwaps(
  { mesh, candidates, meshN, outboundMin, isHeld }: SwapView,
  facts: SwapFacts,
): readonly Swap[] {
  if (mesh.size < meshN) return []
  const fairShare = 1 / mesh.size
  const leaving = nearestFirst(mesh, facts)
    .slice(0, Math.ceil(BEST_SHARE * mesh.size))
    .reverse()
    .filter(({ peerId }) => !facts.isOwn(peerId) && !isHeld(peerId) && facts.firstShare(peerId) < fairShare)
  const [farthest] = leaving
  if (farthest === undefined || farthest.rttMs <= MIN_GAIN_MS) return []
  const entering = nearestFirst(candidates(), facts)
  const most = Math.ceil(SWAPPED_AT_ONCE * meshN)
  let spareOutbound = [...mesh].filter((peerId) => facts.isOutbound(peerId)).length - outboundMin
  const swaps: Swap[] = []
  for (const goes of leaving) {
    const comes = entering[swaps.length]
    if (swaps.length === most || comes === undefined || !isWorthIt(comes, goes)) break
    const outboundLost = Number(facts.isOutbound(goes.peerId)) - Number(facts.isOutbound(comes.peerId))
    if (outboundLost > 0 && spareOutbound < outboundLost) continue
    spareOutbound -= outboundLost
    swaps.push({ comes: comes.peerId, goes: goes.peerId })
  }
  return swaps
}

function isWorthIt(comes: Measured, goes: Measured): boolean {
  return goes.rttMs - comes.rttMs >= Math.max(MIN_GAIN_MS, MIN_GAIN_SHARE * goes.rttMs)
}

/** Those whose round trip is known. */
function nearestFirst(peers: Iterable<PeerIdStr>, facts: SwapFacts): Measured[] {
  const measured: Measured[] = []
  for (const peerId of peers) {
    const rttMs = facts.rttMs(peerId)
    if (rttMs !== undefined) measured.push({ peerId, rttMs })
  }
  return measured.sort((a, b) => a.rttMs - b.rttMs)
}

/** What is to be done to a mesh. */
export interface SwapStep {
  readonly graft: readonly PeerIdStr[]
  readonly cut: readonly PeerIdStr[]
}

export const NOTHING: SwapStep = { graft: [], cut: [] }

interface Pending {
  readonly swaps: readonly Swap[]
  readonly sinceMs: number
}

/** The swaps of all meshes, in their time. */
export class NearSwaps {
  readonly #facts: SwapFacts
  /** Those who wait for an answer, by topic: of topics that we are in. */
  readonly #pending = new Map<TopicStr, Pending>()
  /** Monotonic ms, by topic. */
  readonly #nextLookMs = new Map<TopicStr, number>()

  constructor(facts: SwapFacts) {
    this.#facts = facts
  }

  /** To be called at each heartbeat. A mesh at its upper bound has no room for both, and is cut first. */
  step(topic: TopicStr, view: SwapView, nowMs: number): SwapStep {
    const pending = this.#pending.get(topic)
    if (pending !== undefined) return this.#finish(topic, pending, view, nowMs)
    const nextLookMs = this.#nextLookMs.get(topic)
    if (nextLookMs !== undefined && nowMs < nextLookMs) return NOTHING
    this.#nextLookMs.set(topic, nowMs + SWAP_PERIOD_MS)
    const swaps = findSwaps(view, this.#facts)
    if (swaps.length === 0) return NOTHING
    const graft = swaps.map(({ comes }) => comes)
    if (view.mesh.size + swaps.length > view.meshHigh) return { graft, cut: swaps.map(({ goes }) => goes) }
    this.#pending.set(topic, { swaps, sinceMs: nowMs })
    return { graft, cut: [] }
  }

  /** Whether who was asked may yet answer. */
  isWaiting(topic: TopicStr): boolean {
    return this.#pending.has(topic)
  }

  /** To be called when a topic is left. */
  forget(topic: TopicStr): void {
    this.#pending.delete(topic)
    this.#nextLookMs.delete(topic)
  }

  /** Cuts who goes for each that has come and stayed. */
  #finish(topic: TopicStr, { swaps, sinceMs }: Pending, { mesh, meshN, isHeld }: SwapView, nowMs: number): SwapStep {
    if (nowMs - sinceMs < ANSWERED_AFTER_MS) return NOTHING
    this.#pending.delete(topic)
    const done = swaps.filter(({ comes, goes }) => mesh.has(comes) && mesh.has(goes)).map(({ goes }) => goes)
    const free = done.filter((peerId) => !isHeld(peerId))
    // Who refused has a back-off now: others are asked at the next heartbeat.
    if (done.length < swaps.length) this.#nextLookMs.set(topic, nowMs)
    // Others may have gone meanwhile: nobody is cut from a mesh that has no more than it should.
    return { graft: [], cut: free.slice(0, Math.max(0, mesh.size - meshN)) }
  }
}

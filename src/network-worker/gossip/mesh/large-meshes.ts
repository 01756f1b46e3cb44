import type { Clock } from '../../../shared/clock.ts'
import type { PeerIdStr, TopicStr } from '../../../shared/ids.ts'
import { putInOrder, sendingCost } from '../sending/receiver-order.ts'
import type { ReplacementReason } from '../wire/wire-counts.ts'
import { MeshTurns, type TurnFacts } from './mesh-turns.ts'
import { NearSwaps, type SwapStep, type SwapView } from './near-swaps.ts'

/** What is known of peers. */
export interface LargeMeshFacts extends TurnFacts {
  /** Of the last large messages, the share that a peer lacked until our copy came. */
  lackedShare(peerId: PeerIdStr): number
}

/** The meshes of the router, and its hand in them. */
export interface MeshHand {
  /** The meshes of blocks and sidecars, as they are. */
  large(): Iterable<readonly [TopicStr, Set<PeerIdStr>]>
  /** All that is to be known of a mesh to change it. */
  viewOf(topic: TopicStr, mesh: ReadonlySet<PeerIdStr>): SwapView
  change(topic: TopicStr, step: SwapStep, reason: ReplacementReason): void
}

export interface LargeMeshesDeps {
  readonly facts: LargeMeshFacts
  readonly hand: MeshHand
  readonly clock: Clock
  /** Numbers in [0, 1). */
  readonly random: () => number
}

/**
 * Who is in the meshes of blocks and sidecars, and who of them comes first: near peers come for far ones, others for those that
 * bring nothing first, and all are put in the order in which they are sent to. What is short has as many milliseconds to
 * lose, and nobody waits for it.
 */
export class LargeMeshes {
  readonly #deps: LargeMeshesDeps
  readonly #swaps: NearSwaps
  readonly #turns: MeshTurns

  constructor(deps: LargeMeshesDeps) {
    this.#deps = deps
    this.#swaps = new NearSwaps(deps.facts)
    this.#turns = new MeshTurns(deps.facts, deps.random)
  }

  /** To be called with each large message that is new. */
  onMessage(topic: TopicStr): void {
    this.#turns.onMessage(topic)
  }

  /** To be called at each heartbeat. Whoever joins a mesh until the next one is last in it. */
  beat(): void {
    for (const [topic, mesh] of this.#deps.hand.large()) this.#exchange(topic, mesh)
    this.#order()
  }

  /** To be called when a topic is left. */
  forget(topic: TopicStr): void {
    this.#swaps.forget(topic)
    this.#turns.forget(topic)
  }

  /** One change at a time: each counts on the mesh as it is. */
  #exchange(topic: TopicStr, mesh: ReadonlySet<PeerIdStr>): void {
    const { hand, clock } = this.#deps
    const nowMs = clock.monotonicMs()
    const view = hand.viewOf(topic, mesh)
    const untried = (): readonly PeerIdStr[] => view.candidates().filter((id) => !this.#turns.wasLetGo(topic, id))
    if (!this.#turns.isWaiting(topic)) {
      hand.change(topic, this.#swaps.step(topic, { ...view, candidates: untried }, nowMs), 'nearer_peer')
    }
    if (!this.#swaps.isWaiting(topic)) hand.change(topic, this.#turns.step(topic, view, nowMs), 'earlier_peer')
  }

  #order(): void {
    const { facts, hand } = this.#deps
    const costs = new Map<PeerIdStr, number>()
    const costOf = (peerId: PeerIdStr): number => {
      const known = costs.get(peerId)
      if (known !== undefined) return known
      const cost = sendingCost(facts.isOwn(peerId), facts.rttMs(peerId), facts.lackedShare(peerId))
      costs.set(peerId, cost)
      return cost
    }
    for (const [, mesh] of hand.large()) putInOrder(mesh, costOf)
  }
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { PeerAction } from '../../../../../src/network-worker/peers/score/score-formula.ts'
import { MAX_SCORE_BANS } from '../../../../../src/shared/limits.ts'
import { FREEZE_MS, ScoredPeers } from './scored-peers.ts'

const POINTS: Record<PeerAction, number> = { fatal: -1000, low: -10, mid: -5, high: -1 }

/** A peer as the documents tell it, worked out anew from all that ever happened to it. */
class ModelPeer {
  readonly #history: { readonly atMs: number; readonly points?: number }[] = []
  connected = true
  gossip = 0
  state = 'healthy'

  add(atMs: number, points?: number): void {
    this.#history.push(points === undefined ? { atMs } : { atMs, points })
  }

  /** An event without points is the begin of a ban. */
  at(ms: number): { readonly score: number; readonly frozen: boolean } {
    let score = 0
    let sinceMs = 0
    const decayTo = (untilMs: number): void => {
      if (untilMs <= sinceMs) return
      score *= 2 ** (-(untilMs - sinceMs) / 600_000)
      sinceMs = untilMs
    }
    for (const { atMs, points } of this.#history) {
      decayTo(atMs)
      if (points === undefined) sinceMs = atMs + FREEZE_MS
      else score = Math.max(-100, score + points)
    }
    const frozen = sinceMs > ms
    decayTo(ms)
    return { score, frozen }
  }
}

function stateOf(score: number, gossip: number): string {
  const combined = score + (gossip * 19) / 16_000
  if (score <= -60 || combined <= -50) return 'banned'
  return combined <= -20 ? 'forced_disconnect' : 'healthy'
}

/** The state machine of reference/scoring.md §1.2, in the plainest form. */
class Model {
  readonly peers = new Map<string, ModelPeer>()
  readonly effects: string[] = []

  connect(peerId: string): void {
    const peer = this.peers.get(peerId) ?? new ModelPeer()
    peer.connected = true
    this.peers.set(peerId, peer)
  }

  disconnect(peerId: string, nowMs: number): void {
    const peer = this.peers.get(peerId)
    if (peer === undefined) return
    peer.connected = false
    if (peer.state === 'healthy' && peer.at(nowMs).score === 0 && peer.gossip >= 0) this.peers.delete(peerId)
  }

  act(peerId: string, nowMs: number, gossip: number, points?: number): void {
    const peer = this.peers.get(peerId)
    if (peer === undefined) return
    if (peer.connected && !peer.at(nowMs).frozen) peer.gossip = gossip
    if (points !== undefined) peer.add(nowMs, points)
    const next = stateOf(peer.at(nowMs).score, peer.gossip)
    const before = peer.state
    peer.state = next
    if (next === before) return
    if (next === 'banned') {
      peer.add(nowMs)
      this.effects.push(`ban ${peerId}`)
    } else if (before === 'banned') this.effects.push(`unban ${peerId}`)
    else if (next === 'forced_disconnect' && peer.connected) this.effects.push(`disconnect ${peerId}`)
  }
}

type Step =
  | { readonly kind: 'connect' | 'disconnect'; readonly peerId: string }
  | { readonly kind: 'report'; readonly peerId: string; readonly action: PeerAction }
  | { readonly kind: 'gossip'; readonly peerId: string; readonly score: number }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'tick' }

const peerId = fc.constantFrom('a', 'b', 'c', 'd')
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('connect' as const, 'disconnect' as const), peerId }),
  fc.record({
    kind: fc.constant('report' as const),
    peerId,
    action: fc.constantFrom<PeerAction>('fatal', 'low', 'low', 'mid', 'high'),
  }),
  fc.record({
    kind: fc.constant('gossip' as const),
    peerId,
    score: fc.oneof(fc.constantFrom(0, -16_000, -17_000, -43_000), fc.integer({ min: -60_000, max: 54 })),
  }),
  fc.record({
    kind: fc.constant('wait' as const),
    ms: fc.oneof(fc.constantFrom(600_000, FREEZE_MS, FREEZE_MS - 1), fc.integer({ min: 0, max: 3_000_000 })),
  }),
  fc.record({ kind: fc.constant('tick' as const) }),
)

function run(taken: Step, peers: ScoredPeers, model: Model): void {
  const nowMs = peers.clock.monotonicMs()
  const live = (id: string): number => peers.gossip.get(id) ?? 0
  switch (taken.kind) {
    case 'connect':
      peers.book.connected(taken.peerId, undefined)
      model.connect(taken.peerId)
      break
    case 'disconnect':
      peers.book.disconnected(taken.peerId)
      model.disconnect(taken.peerId, nowMs)
      break
    case 'report':
      peers.report(taken.peerId, taken.action)
      model.act(taken.peerId, nowMs, live(taken.peerId), POINTS[taken.action])
      break
    case 'gossip':
      peers.gossip.set(taken.peerId, taken.score)
      break
    case 'wait':
      peers.clock.advance(taken.ms)
      break
    case 'tick':
      peers.book.tick()
      for (const id of model.peers.keys()) model.act(id, nowMs, live(id))
  }
}

test('any sequence of connections, reports, gossip scores, waits and ticks does what the model does', () => {
  fc.assert(
    // At most 12 waits of at most 50 minutes: the time after which gossip scores are let go is not reached.
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const peers = new ScoredPeers()
      const model = new Model()
      let waits = 0
      for (const taken of steps) {
        if (taken.kind === 'wait' && ++waits > 12) continue
        run(taken, peers, model)
        const nowMs = peers.clock.monotonicMs()
        for (const id of ['a', 'b', 'c', 'd']) {
          const expected = model.peers.get(id)
          const score = peers.book.peerScore(id)
          assert.ok(score >= -100 && score <= 100)
          assert.ok(Math.abs(score - (expected?.at(nowMs).score ?? 0)) < 1e-9)
          assert.equal(peers.book.state(id), expected?.state ?? 'healthy')
        }
        const banned = [...model.peers].filter(([, peer]) => peer.state === 'banned').map(([id]) => id)
        assert.deepEqual(peers.book.banned().toSorted(), banned.toSorted())
      }
      assert.deepEqual(peers.effects().toSorted(), model.effects.toSorted())
    }),
    { numRuns: 400 },
  )
})

/** An identity that comes, is reported five times and goes. */
function misbehave(peers: ScoredPeers, identity: number, action: PeerAction): void {
  const id = `peer${identity}`
  peers.book.connected(id, `198.51.100.${identity % 250}`)
  peers.report(id, action, 5)
  peers.book.disconnected(id)
}

/** Keeps `banned` as one who hears of bans only by their effects. */
function followBans(banned: Set<string>, effects: readonly string[]): void {
  for (const line of effects) {
    const [what, id = ''] = line.split(' ')
    if (what === 'ban') banned.add(id)
    if (what === 'unban') assert.ok(banned.delete(id), `${id} was unbanned once`)
  }
}

test('however many identities misbehave, at most 1000 are banned, and each ban that is gone was lifted', () => {
  const wave = fc.record({
    newcomers: fc.integer({ min: 0, max: 600 }),
    action: fc.constantFrom<PeerAction>('fatal', 'low'),
    waitMs: fc.constantFrom(0, 2000, 600_000, FREEZE_MS + 601_000),
  })
  fc.assert(
    fc.property(fc.array(wave, { maxLength: 8 }), (waves) => {
      const peers = new ScoredPeers()
      const banned = new Set<string>()
      let identity = 0
      for (const { newcomers, action, waitMs } of waves) {
        for (let count = 0; count < newcomers; count++) misbehave(peers, identity++, action)
        peers.after(waitMs)
        followBans(banned, peers.effects())
        assert.ok(peers.book.banned().length <= MAX_SCORE_BANS)
        assert.deepEqual(peers.book.banned(), [...banned])
      }
    }),
    { numRuns: 30 },
  )
})

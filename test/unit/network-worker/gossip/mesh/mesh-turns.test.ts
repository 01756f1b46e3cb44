import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MeshTurns, TURN_MESSAGES, type TurnFacts } from '../../../../../src/network-worker/gossip/mesh/mesh-turns.ts'
import {
  ANSWERED_AFTER_MS,
  SWAP_PERIOD_MS,
  type SwapView,
} from '../../../../../src/network-worker/gossip/mesh/near-swaps.ts'

/** Peers are named by their round trips, and by what there is to say of them. Of a mesh of ten a fair share is 0.1. */
const facts: TurnFacts = {
  rttMs: (peerId) => Number.parseInt(peerId, 10),
  isOwn: (peerId) => peerId.endsWith('own'),
  isOutbound: (peerId) => peerId.endsWith('out'),
  firstShare: (peerId) => (peerId.endsWith('often') ? 0.05 : peerId.endsWith('seldom') ? 0.04 : 0),
  messagesWith: (peerId) => (peerId.endsWith('new') ? 8.9 : 9),
}

const nearest = (): number => 0
const FULL = ['1often', '2often', '3often', '4often', '5often', '6often', '7often', '8often', '9seldom', '40seldom']

function view(mesh: Iterable<string>, candidates: readonly string[], parts: Partial<SwapView> = {}): SwapView {
  return {
    ...{ mesh: new Set(mesh), candidates: () => candidates, meshN: 10, meshHigh: 15 },
    ...{ outboundMin: 0, isHeld: () => false, ...parts },
  }
}

function turnsAfter(messages: number, random = nearest): MeshTurns {
  const turns = new MeshTurns(facts, random)
  for (let count = 0; count < messages; count++) turns.onMessage('topic')
  return turns
}

const graftOf = (mesh: readonly string[], candidates: readonly string[], random = nearest): readonly string[] =>
  turnsAfter(TURN_MESSAGES, random).step('topic', view(mesh, candidates), 0).graft

/** Who goes from such a mesh, if anybody. */
function goer(mesh: readonly string[], parts: Partial<SwapView> = {}): string | undefined {
  const turns = turnsAfter(TURN_MESSAGES)
  turns.step('topic', view(mesh, ['50', '60out'], parts), 0)
  return turns.step('topic', view([...mesh, '50', '60out'], [], parts), ANSWERED_AFTER_MS).cut[0]
}

test('after ten messages who brings least first makes room, the farthest of equals; who brings half his share stays', () => {
  assert.deepEqual(turnsAfter(TURN_MESSAGES - 1).step('topic', view(FULL, ['50']), 0), { graft: [], cut: [] })
  assert.equal(goer(FULL), '40seldom')
  assert.equal(goer([...FULL.slice(0, 8), '9', '40seldom']), '9')
  assert.equal(goer([...FULL.slice(0, 8), '9often', '40often']), undefined)
})

test('who is new, own or held by hand stays, and a mesh below mesh_n is filled first', () => {
  assert.equal(goer([...FULL.slice(0, 7), '70new', '80own', '9seldom']), '9seldom')
  assert.equal(goer(FULL, { isHeld: (peerId) => peerId === '40seldom' }), '9seldom')
  assert.equal(goer(FULL, { meshN: 11 }), undefined)
})

test('seven times of ten the nearest comes, else anybody', () => {
  const candidates = ['50', '20', '30']
  assert.deepEqual(
    graftOf(FULL, candidates, () => 0.69),
    ['20'],
  )
  assert.deepEqual(
    graftOf(FULL, candidates, () => 0.7),
    ['30'],
  )
  assert.deepEqual(graftOf(FULL, []), [])
})

test('peers that we dialled stay as many as there must be', () => {
  const mesh = [...FULL.slice(0, 9), '40out']
  assert.deepEqual(turnsAfter(TURN_MESSAGES).step('topic', view(mesh, ['50', '60out'], { outboundMin: 1 }), 0).graft, [
    '60out',
  ])
  assert.deepEqual(graftOf(mesh, ['50', '60out']), ['50'])
})

test('who comes is asked first; the other goes when that one stayed, and comes back after all others', () => {
  const turns = turnsAfter(TURN_MESSAGES)
  const mesh = new Set(FULL)
  const at = (nowMs: number, candidates: readonly string[]) =>
    turns.step('topic', { ...view([], candidates), mesh }, nowMs)
  assert.deepEqual(at(0, ['50']), { graft: ['50'], cut: [] })
  assert.equal(turns.isWaiting('topic'), true)
  mesh.add('50')
  assert.deepEqual(at(ANSWERED_AFTER_MS - 1, []), { graft: [], cut: [] })
  assert.deepEqual(at(ANSWERED_AFTER_MS, []), { graft: [], cut: ['40seldom'] })
  mesh.delete('40seldom')
  assert.equal(turns.wasLetGo('topic', '40seldom'), true)
  for (let count = 0; count < TURN_MESSAGES; count++) turns.onMessage('topic')
  assert.deepEqual(at(SWAP_PERIOD_MS - 1, ['90']), { graft: [], cut: [] })
  assert.deepEqual(at(SWAP_PERIOD_MS, ['40seldom', '90']), { graft: ['90'], cut: [] })
  // That one refused.
  const refusedMs = SWAP_PERIOD_MS + ANSWERED_AFTER_MS
  assert.deepEqual(at(refusedMs, ['40seldom']), { graft: [], cut: [] })
  assert.deepEqual(at(refusedMs + 1, ['40seldom']), { graft: ['40seldom'], cut: [] })
  turns.forget('topic')
  assert.equal(turns.wasLetGo('topic', '40seldom'), false)
})

test('nobody is cut from a mesh that others left, nor who was held meanwhile', () => {
  for (const parts of [{ meshN: 11 }, { isHeld: () => true }]) {
    const turns = turnsAfter(TURN_MESSAGES)
    turns.step('topic', view(FULL, ['50']), 0)
    const later = view([...FULL, '50'], [], parts)
    assert.deepEqual(turns.step('topic', later, ANSWERED_AFTER_MS), { graft: [], cut: [] })
    assert.equal(turns.isWaiting('topic'), false)
  }
})

test('in a mesh that is full one goes as the other comes', () => {
  const turns = turnsAfter(TURN_MESSAGES)
  const full = view(FULL, ['50'], { meshHigh: 10 })
  assert.deepEqual(turns.step('topic', full, 0), { graft: ['50'], cut: ['40seldom'] })
  assert.deepEqual(turns.step('topic', full, SWAP_PERIOD_MS), { graft: [], cut: [] })
})

test('property: a mesh keeps its size, and loses nobody who brings his half share first', () => {
  const words = ['often', 'seldom', 'new', 'own', 'out', '']
  const peers = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.constantFrom(...words)), {
    maxLength: 40,
    selector: ([ms]) => ms,
  })
  fc.assert(
    fc.property(peers, fc.integer({ min: 1, max: 20 }), fc.double({ min: 0, max: 0.999 }), (all, meshN, drawn) => {
      const names = all.map(([ms, word]) => `${ms}${word}`)
      const mesh = new Set(names.slice(0, meshN))
      const size = mesh.size
      const candidates = names.slice(meshN)
      const turns = turnsAfter(0, () => drawn)
      for (let nowMs = 0; nowMs < 20 * SWAP_PERIOD_MS; nowMs += 1000) {
        turns.onMessage('topic')
        const able = (): readonly string[] => names.filter((peerId) => !mesh.has(peerId))
        const { graft, cut } = turns.step('topic', { ...view([], candidates), mesh, candidates: able, meshN }, nowMs)
        for (const peerId of graft) mesh.add(peerId)
        for (const peerId of cut) {
          assert.ok(mesh.delete(peerId))
          assert.doesNotMatch(peerId, /new|own/)
        }
        assert.ok(mesh.size === size || mesh.size === size + 1)
      }
    }),
  )
})

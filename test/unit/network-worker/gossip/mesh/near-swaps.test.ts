import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  ANSWERED_AFTER_MS,
  findSwaps,
  NearSwaps,
  SWAP_PERIOD_MS,
  type SwapFacts,
  type SwapView,
} from '../../../../../src/network-worker/gossip/mesh/near-swaps.ts'

/** Peers are named by their round trips: `150`, `150b`. Those with an o were dialled by us. */
const facts: SwapFacts = {
  rttMs: (peerId) => (peerId.startsWith('?') ? undefined : Number.parseInt(peerId, 10)),
  isOwn: (peerId) => peerId.endsWith('own'),
  isOutbound: (peerId) => peerId.includes('o'),
  firstShare: (peerId) => (peerId.endsWith('first') ? 0.2 : 0.01),
}

function view(mesh: readonly string[], candidates: readonly string[], parts: Partial<SwapView> = {}): SwapView {
  return {
    mesh: new Set(mesh),
    candidates: () => candidates,
    meshN: mesh.length,
    meshHigh: 99,
    outboundMin: 0,
    isHeld: () => false,
    ...parts,
  }
}

const pairs = (of: SwapView): readonly string[] => findSwaps(of, facts).map(({ comes, goes }) => `${comes} for ${goes}`)

const TEN = ['5', '11', '16', '28', '78', '83', '94', '100', '140', '150']

test('the farthest of the nearest seven of ten makes room for the nearest who is not in; the other three stay', () => {
  assert.deepEqual(pairs(view(TEN, ['20', '6', '70'])), ['6 for 94'])
})

test('a tenth of mesh_n at once, each as long as it gains', () => {
  const twenty = [...TEN, ...TEN.map((name) => `${name}b`)]
  assert.deepEqual(pairs(view(twenty, ['7', '6', '9'])), ['6 for 94b', '7 for 94'])
  assert.deepEqual(pairs(view(twenty, ['93', '6', '92'])), ['6 for 94b'])
})

test('a quarter and five ms are the least gain', () => {
  assert.deepEqual(pairs(view(TEN, ['71'])), [])
  assert.deepEqual(pairs(view(TEN, ['70'])), ['70 for 94'])
  const near = ['1', '2', '3', '4', '5', '6', '9', '11', '11b', '11c']
  assert.deepEqual(pairs(view(near, ['5b'])), [])
  assert.deepEqual(pairs(view(near, ['4b'])), ['4b for 9'])
})

test('who brings his share of blocks first stays, and so do own peers', () => {
  assert.deepEqual(pairs(view(['5', '6', '7', '83', '90first', '94own', '100', '140'], ['4'])), ['4 for 83'])
})

test('a link that was made by hand stays, made before a swap began or meanwhile', () => {
  const held = new Set(['94'])
  const isHeld = (peerId: string): boolean => held.has(peerId)
  assert.deepEqual(pairs(view(TEN, ['6'], { isHeld })), ['6 for 83'])
  const swaps = new NearSwaps(facts)
  assert.deepEqual(swaps.step('topic', view(TEN, ['6'], { isHeld }), 0), { graft: ['6'], cut: [] })
  held.add('83')
  const later = view([...TEN, '6'], [], { isHeld, meshN: 10 })
  assert.deepEqual(swaps.step('topic', later, ANSWERED_AFTER_MS), { graft: [], cut: [] })
})

test('whose round trip is not known neither comes nor goes; a mesh below mesh_n is filled first', () => {
  assert.deepEqual(pairs(view(['?a', '?b', '?c', '?d'], ['5'])), [])
  assert.deepEqual(pairs(view(TEN, ['?a'])), [])
  assert.deepEqual(pairs(view(TEN, ['1'], { meshN: 11 })), [])
})

test('peers that we dialled stay as many as there must be', () => {
  const mesh = TEN.map((name) => (Number(name) >= 78 ? `${name}o` : name))
  assert.deepEqual(pairs(view(mesh, ['6'], { outboundMin: 5 })), ['6 for 94o'])
  assert.deepEqual(pairs(view(mesh, ['6'], { outboundMin: 6 })), ['6 for 28'])
  assert.deepEqual(pairs(view(mesh, ['6o'], { outboundMin: 6 })), ['6o for 94o'])
})

test('property: as many come as go, those from outside and these from inside, each nearer than the other', () => {
  const names = (from: string) =>
    fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { maxLength: 60 }).map((all) => all.map((ms) => `${ms}${from}`))
  fc.assert(
    fc.property(names('m'), names('c'), fc.integer({ min: 1, max: 40 }), (mesh, candidates, meshN) => {
      const swaps = findSwaps(view(mesh, candidates, { meshN }), facts)
      assert.ok(swaps.length <= Math.ceil(meshN / 10))
      assert.equal(new Set(swaps.flatMap(({ comes, goes }) => [comes, goes])).size, 2 * swaps.length)
      for (const { comes, goes } of swaps) {
        assert.ok(candidates.includes(comes) && mesh.includes(goes))
        assert.ok(Number.parseInt(comes, 10) + 5 <= Number.parseInt(goes, 10))
      }
    }),
  )
})

test('who comes is asked first; who goes is cut when the other has stayed; when it was refused the next is asked', () => {
  const swaps = new NearSwaps(facts)
  const mesh = new Set(TEN)
  const candidates = ['6']
  const now: SwapView = { ...view([], candidates), mesh, meshN: 10, meshHigh: 15 }
  assert.deepEqual(swaps.step('topic', now, 0), { graft: ['6'], cut: [] })
  mesh.add('6')
  assert.deepEqual(swaps.step('topic', now, ANSWERED_AFTER_MS - 1), { graft: [], cut: [] })
  assert.deepEqual(swaps.step('topic', now, ANSWERED_AFTER_MS), { graft: [], cut: ['94'] })
  mesh.delete('94')
  candidates[0] = '7'
  assert.deepEqual(swaps.step('topic', now, SWAP_PERIOD_MS - 1), { graft: [], cut: [] })
  assert.deepEqual(swaps.step('topic', now, SWAP_PERIOD_MS), { graft: ['7'], cut: [] })
  assert.deepEqual(swaps.step('topic', now, SWAP_PERIOD_MS + ANSWERED_AFTER_MS), { graft: [], cut: [] })
  candidates[0] = '8'
  assert.deepEqual(swaps.step('topic', now, SWAP_PERIOD_MS + ANSWERED_AFTER_MS + 1), { graft: ['8'], cut: [] })
})

test('nobody is cut from a mesh that others have left meanwhile', () => {
  const swaps = new NearSwaps(facts)
  const mesh = new Set(TEN)
  const now: SwapView = { ...view([], ['6']), mesh, meshN: 10, meshHigh: 15 }
  swaps.step('topic', now, 0)
  mesh.add('6').delete('5')
  assert.deepEqual(swaps.step('topic', now, ANSWERED_AFTER_MS), { graft: [], cut: [] })
})

test('in a mesh that is full one goes as the other comes', () => {
  const swaps = new NearSwaps(facts)
  assert.deepEqual(swaps.step('topic', view(TEN, ['6'], { meshHigh: 10 }), 0), { graft: ['6'], cut: ['94'] })
  assert.deepEqual(swaps.step('topic', view(TEN, ['6'], { meshHigh: 10 }), ANSWERED_AFTER_MS), { graft: [], cut: [] })
})

test('a topic that was left is looked at as a new one', () => {
  const swaps = new NearSwaps(facts)
  swaps.step('topic', view(TEN, ['6']), 0)
  swaps.forget('topic')
  assert.deepEqual(swaps.step('topic', view(TEN, ['6']), 1), { graft: ['6'], cut: [] })
})

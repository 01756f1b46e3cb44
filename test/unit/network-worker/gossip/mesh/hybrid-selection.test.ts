import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { pickHybrid, shuffled } from '../../../../../src/network-worker/gossip/mesh/hybrid-selection.ts'
import { seededRandom } from '../router/router-scene.ts'

const DRAWS = 6000

/** How often each of `count` candidates, scored by `scoreOf`, is picked in all draws. */
function tally(count: number, need: number, scoreOf: (candidate: number) => number): number[] {
  const random = seededRandom(20_260)
  const candidates = Array.from({ length: count }, (_, index) => index)
  const picked = candidates.map(() => 0)
  for (let draw = 0; draw < DRAWS; draw++) {
    const picks = pickHybrid(candidates, need, scoreOf, random)
    assert.equal(new Set(picks).size, need)
    for (const candidate of picks) picked[candidate] = (picked[candidate] ?? 0) + 1
  }
  return picked
}

/** Fails when a count is more than four standard deviations of a binomial from `DRAWS × share`. */
function assertShare(counts: readonly number[], share: number): void {
  const tolerance = 4 * Math.sqrt(DRAWS * share * (1 - share))
  for (const count of counts) {
    assert.ok(Math.abs(count - DRAWS * share) <= tolerance, `${count} of ${DRAWS}, expected ${DRAWS * share}`)
  }
}

for (const [need, best] of [
  [1, 1],
  [2, 2],
  [3, 3],
  [4, 3],
  [5, 4],
  [8, 6],
  [10, 7],
  [12, 9],
  [40, 28],
] as const) {
  test(`of ${need} the ${best} best are always in, and the rest come uniformly from the others`, () => {
    const count = need + 13
    // The best have the highest numbers, so that the order given does not help.
    const picked = tally(count, need, (candidate) => candidate)
    const others = count - best
    assert.ok(picked.slice(others).every((times) => times === DRAWS))
    assertShare(picked.slice(0, others), (need - best) / others)
  })
}

test('peers of one score are drawn evenly, whatever their age', () => {
  assertShare(
    tally(30, 10, () => 0),
    10 / 30,
  )
})

test('a tie across the line between the best and the rest is drawn evenly too', () => {
  // Four at 9 are always in; three of the seven best places are left for twenty at 5, then three random ones.
  const picked = tally(26, 10, (candidate) => (candidate < 4 ? 9 : candidate < 24 ? 5 : 1))
  assert.ok(picked.slice(0, 4).every((times) => times === DRAWS))
  const random = 3 / 19
  assertShare(picked.slice(4, 24), 3 / 20 + (17 / 20) * random)
  assertShare(picked.slice(24), random)
})

test('fewer candidates than needed are all picked; none when none are needed', () => {
  const random = seededRandom(1)
  const pick = (need: number): number[] => pickHybrid([3, 1, 2], need, (candidate) => candidate, random)
  assert.deepEqual(pick(5).sort(), [1, 2, 3])
  assert.deepEqual(pick(3).sort(), [1, 2, 3])
  for (const need of [0, -1, Number.NEGATIVE_INFINITY]) assert.deepEqual(pick(need), [])
  assert.deepEqual(
    pickHybrid([], 5, () => 0, random),
    [],
  )
})

test('property: distinct candidates, as many as possible, with the best ceil(70 %) in front', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 60 }),
      fc.integer({ min: -2, max: 70 }),
      fc.integer(),
      (scores, need, seed) => {
        const candidates = scores.map((_, index) => index)
        const scoreOf = (candidate: number): number => scores[candidate] ?? 0
        const picks = pickHybrid(candidates, need, scoreOf, seededRandom(seed))
        assert.equal(picks.length, Math.max(0, Math.min(need, scores.length)))
        assert.equal(new Set(picks).size, picks.length)
        const best = Math.ceil(0.7 * Math.max(0, need))
        const top = [...scores].sort((a, b) => b - a).slice(0, best)
        assert.deepEqual(picks.slice(0, best).map(scoreOf), top)
      },
    ),
  )
})

test('shuffled: a new array with every order as likely as any other', () => {
  const random = seededRandom(7)
  const items = ['a', 'b', 'c'] as const
  const orders = new Map<string, number>()
  for (let draw = 0; draw < DRAWS; draw++) {
    const order = shuffled(items, random).join('')
    orders.set(order, (orders.get(order) ?? 0) + 1)
  }
  assert.equal(orders.size, 6)
  assertShare([...orders.values()], 1 / 6)
  assert.deepEqual(items, ['a', 'b', 'c'])
})

test('of one score the cheapest are the best seven of ten; a score comes before any cost', () => {
  const random = seededRandom(3)
  const costs = [50, 10, 90, 30, 70, 20, 80, 40, 60, 100, 110, 120]
  const candidates = costs.map((_, index) => index)
  const pick = (scoreOf: (candidate: number) => number): readonly number[] =>
    pickHybrid(candidates, 10, scoreOf, random, (candidate) => costs[candidate] ?? 0)
      .slice(0, 7)
      .map((candidate) => costs[candidate] ?? 0)
  for (let draw = 0; draw < 20; draw++) {
    assert.deepEqual(
      pick(() => 0),
      [10, 20, 30, 40, 50, 60, 70],
    )
    assert.deepEqual(
      pick((candidate) => (candidate === 11 ? 1 : 0)),
      [120, 10, 20, 30, 40, 50, 60],
    )
  }
})

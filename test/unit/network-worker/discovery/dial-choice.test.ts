import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chooseDials, type DialChoiceDeps } from '../../../../src/network-worker/discovery/dial-choice.ts'
import { ipOf, peerOf, recordOf } from './record-of.ts'

interface Facts {
  readonly pastMs?: number | undefined
  readonly neighboursMs?: number | undefined
  readonly served?: number
  readonly mayDial?: boolean
}

const MAX_LATENCY_MS = 50

/** Numbers of the peers chosen, in order: peer n is the n-th of `facts`. */
function chosen(facts: readonly Facts[], overrides: Partial<DialChoiceDeps> = {}): number[] {
  return wishes(facts, overrides).map(({ number }) => number)
}

function wishes(
  facts: readonly Facts[],
  overrides: Partial<DialChoiceDeps> = {},
): { number: number; expectedRttMs: number | undefined }[] {
  const numberOf = new Map(facts.map((_, number) => [peerOf(number), number]))
  const byIp = new Map(facts.map((fact, number) => [ipOf(number), fact]))
  const factsOf = (peerId: string): Facts => facts[numberOf.get(peerId) ?? -1] ?? {}
  const found = chooseDials(
    facts.map((_, number) => recordOf(number)),
    {
      bestRttMs: (peerId) => factsOf(peerId).pastMs,
      expectedRttMs: (ip) => byIp.get(ip)?.neighboursMs,
      maxLatencyMs: MAX_LATENCY_MS,
      mayDial: (peerId) => factsOf(peerId).mayDial ?? true,
      serves: ({ peerId }) => factsOf(peerId).served ?? 0,
      limit: 100,
      random: () => 0,
      ...overrides,
    },
  )
  return found.map(({ record, expectedRttMs }) => ({ number: numberOf.get(record.peerId) ?? -1, expectedRttMs }))
}

test('the known near come first by round trip, measured or guessed, then the unknown, then those with far neighbours', () => {
  const facts = [{ neighboursMs: 51 }, {}, { neighboursMs: 20 }, { pastMs: 30 }, { pastMs: 10 }]
  assert.deepEqual(wishes(facts), [
    { number: 4, expectedRttMs: 10 },
    { number: 2, expectedRttMs: 20 },
    { number: 3, expectedRttMs: 30 },
    { number: 1, expectedRttMs: undefined },
    { number: 0, expectedRttMs: undefined },
  ])
})

test('who serves a short topic goes before all others that may be near', () => {
  const facts = [{ pastMs: 1 }, { served: 1 }, { served: 1, pastMs: 40 }, { served: 9, neighboursMs: 51 }]
  assert.deepEqual(chosen(facts), [2, 1, 0, 3])
})

test('of the unknown, who serves more goes first', () => {
  assert.deepEqual(chosen([{ served: 1 }, { served: 3 }, { served: 2 }]), [1, 2, 0])
})

test('who was measured over the limit is left out, whatever its neighbours have', () => {
  assert.deepEqual(
    chosen([
      { pastMs: 51, neighboursMs: 1 },
      { pastMs: 50, neighboursMs: 400 },
    ]),
    [1],
  )
})

test('peers that may not be dialled, or have no address, are left out', () => {
  assert.deepEqual(chosen([{ mayDial: false }, {}]), [1])
  const mute = recordOf(1, { addresses: [] })
  const deps = { bestRttMs: () => 1, expectedRttMs: () => 1, maxLatencyMs: 50, mayDial: () => true, serves: () => 1 }
  assert.deepEqual(chooseDials([mute], { ...deps, limit: 5 }), [])
})

test('the nearer of two addresses counts', () => {
  const record = recordOf(1, { ip: '1.1.1.1', ip6: '2001:db8::1' })
  const [wish] = chooseDials([record], {
    bestRttMs: () => undefined,
    expectedRttMs: (ip) => (ip === '1.1.1.1' ? 30 : 8),
    maxLatencyMs: 50,
    mayDial: () => true,
    serves: () => 0,
    limit: 1,
  })
  assert.equal(wish?.expectedRttMs, 8)
})

test('all of the unknown get their turn', () => {
  const facts = Array.from({ length: 20 }, () => ({}))
  const first = new Set(Array.from({ length: 400 }, () => chosen(facts, { limit: 1, random: Math.random })[0]))
  // Each is missed with a chance of 0.95^400, about one in a thousand million.
  assert.equal(first.size, 20)
})

test('without a limit above zero nobody is asked', () => {
  for (const limit of [0, -3]) {
    const mayDial = (): boolean => assert.fail('asked')
    assert.deepEqual(chosen([{}], { limit, mayDial }), [])
  }
})

const rtt = fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined })
const someFacts = fc.array(
  fc.record({ pastMs: rtt, neighboursMs: rtt, served: fc.nat({ max: 2 }), mayDial: fc.boolean() }),
  { maxLength: 40 },
)

test('property: within the limit, nobody twice, and nobody left out is more promising than one chosen', () => {
  fc.assert(
    fc.property(someFacts, fc.nat({ max: 50 }), (facts, limit) => {
      const numbers = chosen(facts, { limit, random: Math.random })
      const eligible = facts.flatMap((fact, number) =>
        fact.mayDial && (fact.pastMs ?? 0) <= MAX_LATENCY_MS ? [number] : [],
      )
      assert.equal(numbers.length, Math.min(limit, eligible.length))
      assert.equal(new Set(numbers).size, numbers.length)
      // The documented order, told as one number: the smaller the better.
      const rank = (number: number): number => {
        const { pastMs, neighboursMs, served = 0 } = facts[number] ?? {}
        const guessMs = pastMs ?? neighboursMs
        const far = guessMs !== undefined && guessMs > MAX_LATENCY_MS ? 1e6 : 0
        const expectedMs = far > 0 || guessMs === undefined ? 999 : guessMs
        return far + (served > 0 ? 0 : 1e4) + expectedMs
      }
      const ranks = numbers.map(rank)
      assert.deepEqual(
        ranks,
        ranks.toSorted((a, b) => a - b),
      )
      const leftOut = eligible.filter((number) => !numbers.includes(number))
      for (const number of leftOut) assert.ok(rank(number) >= (ranks.at(-1) ?? Number.NEGATIVE_INFINITY))
    }),
  )
})

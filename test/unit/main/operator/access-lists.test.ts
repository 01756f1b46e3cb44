import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  assertRoom,
  changedLists,
  countDifference,
  differenceOf,
  inverseOf,
  mergedTrust,
  NO_ACCESS_LISTS,
} from '../../../../src/main/operator/access-lists.ts'
import type { AccessChange, AccessLists } from '../../../../src/rpc/access.ts'

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const keys = fc.uniqueArray(key, { maxLength: 4 })
const trusted = fc.uniqueArray(
  fc.record(
    { peerId: key, enr: fc.constantFrom(null, 'enr:1', 'enr:2'), addresses: fc.subarray(['/x', '/y']) },
    { noNullPrototype: true },
  ),
  { selector: ({ peerId }) => peerId, maxLength: 4 },
)
const lists: fc.Arbitrary<AccessLists> = fc.record({
  bannedPeers: keys,
  bannedRanges: keys,
  bannedAgents: keys,
  trustedPeers: trusted,
})
const change: fc.Arbitrary<AccessChange> = fc.record(
  {
    unban: keys,
    ban: keys,
    unbanRanges: keys,
    banRanges: keys,
    unbanAgents: keys,
    banAgents: keys,
    untrust: keys,
    trust: trusted,
  },
  { requiredKeys: [] },
)

/** The lists without their order. */
function content({ bannedPeers, bannedRanges, bannedAgents, trustedPeers }: AccessLists) {
  const peers = trustedPeers.map((peer) => [peer.peerId, peer] as const)
  return [new Set(bannedPeers), new Set(bannedRanges), new Set(bannedAgents), new Map(peers)]
}

test('a change takes away first, then adds; a peer that is trusted already keeps its place', () => {
  const start = changedLists(NO_ACCESS_LISTS, {
    ban: ['a', 'b'],
    trust: ['t', 'u'].map((peerId) => ({ peerId, enr: null, addresses: [] })),
  })
  const newer = { peerId: 't', enr: 'enr:2', addresses: ['/x'] }
  const next = changedLists(start, { unban: ['a'], ban: ['a', 'b', 'c'], trust: [newer] })
  assert.deepEqual(next.bannedPeers, ['b', 'a', 'c'])
  assert.deepEqual(next.trustedPeers, [newer, { peerId: 'u', enr: null, addresses: [] }])
  assert.deepEqual(start.bannedPeers, ['a', 'b'], 'the lists before are as they were')
})

test('the difference of any two lists leads from one to the other, and is none between equals', () => {
  fc.assert(
    fc.property(lists, lists, (from, to) => {
      assert.deepEqual(content(changedLists(from, differenceOf(from, to))), content(to))
      for (const part of Object.values(differenceOf(to, structuredClone(to)))) assert.deepEqual(part, [])
    }),
  )
})

test('the inverse of any change takes it back, and only that', () => {
  fc.assert(
    fc.property(lists, change, (before, each) => {
      const inverse = inverseOf(each, before)
      assert.deepEqual(content(changedLists(changedLists(before, each), inverse)), content(before))
      for (const peerId of inverse.unban ?? []) assert.ok(!before.bannedPeers.includes(peerId))
    }),
  )
})

test('what is added and removed is counted by entry, and adds up', () => {
  const size = (each: AccessLists): number => Object.values(each).reduce((sum, { length }) => sum + length, 0)
  fc.assert(
    fc.property(lists, lists, (from, to) => {
      const { added, removed } = countDifference(from, to)
      assert.equal(size(from) - removed + added, size(to))
    }),
  )
  const peer = { peerId: 'a', enr: null, addresses: ['/x'] }
  const from = { ...NO_ACCESS_LISTS, trustedPeers: [peer] }
  const to = { ...NO_ACCESS_LISTS, trustedPeers: [{ ...peer, enr: 'enr:1' }] }
  assert.deepEqual(countDifference(from, to), { added: 0, removed: 0 }, 'other data is no other entry')
})

test('each list has its bound; what is over it already may still shrink', () => {
  const of = (length: number): string[] => Array.from({ length }, (_, index) => String(index))
  const cases: [keyof AccessLists, number, string][] = [
    ['bannedPeers', 16_384, 'at most 16384 banned peers'],
    ['bannedRanges', 4_096, 'at most 4096 banned IP ranges'],
    ['bannedAgents', 64, 'at most 64 banned agents'],
  ]
  for (const [name, max, message] of cases) {
    const full = { ...NO_ACCESS_LISTS, [name]: of(max) }
    const over = { ...NO_ACCESS_LISTS, [name]: of(max + 1) }
    const far = { ...NO_ACCESS_LISTS, [name]: of(max + 2) }
    assertRoom(full, NO_ACCESS_LISTS)
    assert.throws(() => assertRoom(over, full), { code: 'LIST_FULL', message })
    assertRoom(over, far)
    assert.throws(() => assertRoom(far, over), { code: 'LIST_FULL' })
  }
  const trustedPeers = of(257).map((peerId) => ({ peerId, enr: null, addresses: [] }))
  const message = 'at most 256 trusted peers'
  assert.throws(() => assertRoom({ ...NO_ACCESS_LISTS, trustedPeers }, NO_ACCESS_LISTS), { code: 'LIST_FULL', message })
})

test('newer data of a trusted peer comes first, and takes nothing known away', () => {
  const known = { peerId: 'a', enr: 'enr:1', addresses: ['/1', '/2', '/3', '/4', '/5', '/6', '/7'] }
  assert.deepEqual(mergedTrust({ peerId: 'a', enr: null, addresses: ['/9', '/2'] }, known), {
    peerId: 'a',
    enr: 'enr:1',
    addresses: ['/9', '/2', '/1', '/3', '/4', '/5', '/6', '/7'],
  })
  const newer = mergedTrust({ peerId: 'a', enr: 'enr:2', addresses: ['/8', '/9'] }, known)
  assert.deepEqual([newer.enr, newer.addresses.length, newer.addresses.at(-1)], ['enr:2', 8, '/6'])
  assert.deepEqual(mergedTrust({ peerId: 'a', enr: null, addresses: [] }, undefined).enr, null)
})

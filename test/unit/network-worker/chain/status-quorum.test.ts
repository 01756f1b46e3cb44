import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { quorumOf, type StatusVote, ZERO_ROOT_HEX } from '../../../../src/network-worker/chain/status-quorum.ts'
import type { Status } from '../../../../src/network-worker/reqresp/types.ts'
import { root, statusOf } from './status-of.ts'

/** One vote of each group, all with the same Status. */
function votes(groups: readonly string[], status: Status): StatusVote[] {
  return groups.map((group) => ({ group, status }))
}

test('three groups that agree are a quorum, two are not', () => {
  assert.equal(quorumOf(votes(['a', 'b'], statusOf(5, 50))), undefined)
  assert.deepEqual(quorumOf(votes(['a', 'b', 'c'], statusOf(5, 50)))?.finalized, { epoch: 5, rootHex: root(5) })
})

test('a hundred peers of one group are one vote', () => {
  const crowd = votes(Array<string>(100).fill('a'), statusOf(9, 90))
  assert.equal(quorumOf([...crowd, ...votes(['b'], statusOf(9, 90))]), undefined)
})

test('the newest agreed checkpoint wins over one with more voters', () => {
  const old = votes(['a', 'b', 'c', 'd', 'e'], statusOf(5, 60))
  const recent = votes(['f', 'g', 'h'], statusOf(6, 62))
  const alone = votes(['i', 'j'], statusOf(7, 64))
  assert.equal(quorumOf([...old, ...recent, ...alone])?.finalized.epoch, 6)
})

test('the head is the lowest of those who agree, whatever others say', () => {
  const agreeing = [60, 57, 59].map((slot, index) => ({ group: `${index}`, status: statusOf(6, slot) }))
  const result = quorumOf([...agreeing, { group: 'z', status: statusOf(5, 3) }])
  assert.deepEqual([result?.headSlot, result?.headRootHex], [57, root(57)])
})

test('one epoch with two roots is two checkpoints', () => {
  const other = { finalizedRootHex: root(0xee) }
  const split = [...votes(['a', 'b'], statusOf(5, 50)), ...votes(['c', 'd'], statusOf(5, 50, other))]
  assert.equal(quorumOf(split), undefined)
})

test('three groups that are ahead of everybody else are not believed', () => {
  const honest = votes(['a', 'b', 'c', 'd', 'e', 'f', 'g'], statusOf(6, 60))
  const liars = votes(['x', 'y', 'z'], statusOf(7, 64))
  assert.deepEqual(quorumOf([...liars, ...honest])?.finalized, { epoch: 6, rootHex: root(6) })
})

test('of two roots of one epoch the one with more groups counts, whoever came first', () => {
  const fake = { finalizedRootHex: root(0xee) }
  const liars = votes(['x', 'y', 'z'], statusOf(6, 60, fake))
  const honest = votes(['a', 'b', 'c', 'd'], statusOf(6, 60))
  assert.deepEqual(quorumOf([...liars, ...honest])?.finalized, { epoch: 6, rootHex: root(6) })
})

test('as many groups for one root as for the other: neither, and what both are past', () => {
  const fake = { finalizedRootHex: root(0xee) }
  const split = [...votes(['a', 'b', 'c'], statusOf(6, 60)), ...votes(['d', 'e', 'f'], statusOf(6, 60, fake))]
  assert.equal(quorumOf(split), undefined)
  const before = votes(['g', 'h', 'i'], statusOf(5, 59))
  assert.deepEqual(quorumOf([...split, ...before])?.finalized, { epoch: 5, rootHex: root(5) })
})

test('peers that know nothing do not vote', () => {
  assert.equal(quorumOf(votes(['a', 'b', 'c'], statusOf(0, 7))), undefined)
  assert.equal(quorumOf(votes(['a', 'b', 'c'], statusOf(5, 50, { finalizedRootHex: ZERO_ROOT_HEX }))), undefined)
})

test('whatever is voted, a result has three groups behind it and no head above any of theirs', () => {
  const vote = fc.record({ group: fc.constantFrom(...'abcde'), epoch: fc.nat({ max: 3 }), slot: fc.nat({ max: 40 }) })
  fc.assert(
    fc.property(fc.array(vote, { maxLength: 30 }), (cast) => {
      const result = quorumOf(cast.map(({ group, epoch, slot }) => ({ group, status: statusOf(epoch, slot) })))
      const behind = cast.filter(({ epoch }) => epoch > 0 && epoch === result?.finalized.epoch)
      assert.ok(result === undefined || new Set(behind.map(({ group }) => group)).size >= 3)
      for (const { slot } of behind) assert.ok((result?.headSlot ?? 0) <= slot)
    }),
  )
})

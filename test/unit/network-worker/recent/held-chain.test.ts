import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { heldChain, type Link } from '../../../../src/network-worker/recent/held-chain.ts'

/** Blocks written as `name slot parent`. */
function chainOf(...texts: readonly string[]): string {
  const blocks = new Map<string, Link>()
  for (const text of texts) {
    const [rootHex = '', slot, parentRootHex = ''] = text.split(' ')
    blocks.set(rootHex, { rootHex, slot: Number(slot), parentRootHex })
  }
  return heldChain(blocks)
    .map(({ rootHex }) => rootHex)
    .join(' ')
}

test('a chain is told whole, slots without a block included', () => {
  assert.equal(chainOf('c 5 b', 'a 1 x', 'b 2 a'), 'a b c')
  assert.equal(chainOf(), '')
})

test('of two blocks of a slot the one with a child is in the chain', () => {
  assert.equal(chainOf('a 1 x', 'b 2 a', 'twin 2 a', 'c 3 b'), 'a b c')
})

test('of two tips neither is told, and what both stand on is', () => {
  assert.equal(chainOf('a 1 x', 'b 2 a', 'twin 2 a'), 'a')
  assert.equal(chainOf('a 1 x', 'late 2 a', 'b 3 a'), 'a')
  assert.equal(chainOf('a 1 x', 'alone 2 y'), '')
})

test('a block whose parent is not held does not overthrow a chain', () => {
  assert.equal(chainOf('a 1 x', 'b 2 a', 'c 3 b', 'forged 4 nowhere'), 'a b c')
})

test('what comes after a gap becomes the chain within a few slots', () => {
  const before = ['a 1 x', 'b 2 a', 'c 3 b', 'd 4 c']
  assert.equal(chainOf(...before, 'q 8 p'), 'a b c d')
  assert.equal(chainOf(...before, 'q 8 p', 'r 9 q', 's 10 r'), 'q r s')
})

test('any blocks give a chain: linked, by slot, and no longer than they are', () => {
  const names = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
  const blocks = fc.array(fc.record({ rootHex: names, parentRootHex: names, slot: fc.nat(20) }), { maxLength: 8 })
  fc.assert(
    fc.property(blocks, (links) => {
      const chain = heldChain(new Map(links.map((link) => [link.rootHex, link])))
      for (const [i, link] of chain.entries()) {
        const before = chain[i - 1]
        if (before !== undefined) assert.ok(before.rootHex === link.parentRootHex && before.slot < link.slot)
      }
    }),
  )
})

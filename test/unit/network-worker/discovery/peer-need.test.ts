import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { neededPeers } from '../../../../src/network-worker/discovery/peer-need.ts'
import { peerLimits } from '../../../../src/network-worker/peers/peer-limits.ts'

// Of 100 peers at least 20 are to be outbound, and with 120 nobody is dialled any more.
for (const [what, counted, outbound, coming, needed] of [
  ['nobody', 0, 0, 0, 100],
  ['some, and some on their way', 40, 40, 15, 45],
  ['as many on their way as are missing', 40, 40, 60, 0],
  ['more on their way than are missing', 40, 40, 90, 0],
  ['enough', 100, 30, 0, 0],
  ['enough, too few of our own choosing', 100, 5, 0, 15],
  ['enough, too few of our own choosing, and those come', 100, 5, 15, 0],
  ['so many that only ten more may be dialled', 110, 0, 0, 10],
  ['more than may be', 130, 0, 0, 0],
] as const) {
  test(`with a target of 100 and ${what}: ${needed}`, () => {
    assert.equal(neededPeers(100, { counted, outbound, coming }), needed)
  })
}

test('a target of none needs none', () => {
  assert.equal(neededPeers(0, { counted: 0, outbound: 0, coming: 0 }), 0)
})

test('property: never negative, never beyond what may be dialled', () => {
  const count = fc.nat({ max: 2000 })
  fc.assert(
    fc.property(count, count, count, count, (target, counted, inbound, coming) => {
      const needed = neededPeers(target, { counted, outbound: Math.max(0, counted - inbound), coming })
      assert.ok(Number.isInteger(needed) && needed >= 0)
      if (needed > 0) assert.ok(counted + coming + needed <= Math.max(target, peerLimits(target).maxOutboundDials))
    }),
  )
})

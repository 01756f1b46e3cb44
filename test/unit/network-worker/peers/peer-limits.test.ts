import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { peerLimits } from '../../../../src/network-worker/peers/peer-limits.ts'

test('the limits of usual targets are the exact products, rounded up', () => {
  // Upstream computes in 32-bit floats and gets 61 and 241 for 200, 31 and 121 for 100: one more than the exact product.
  const table = [80, 100, 200].map((target) => [target, ...Object.values(peerLimits(target))])
  assert.deepEqual(table, [
    [80, 88, 96, 24, 16],
    [100, 110, 120, 30, 20],
    [200, 220, 240, 60, 40],
  ])
})

test('products that floating point makes a little too large are not rounded up', () => {
  assert.deepEqual([Math.ceil(100 * 1.1), Math.ceil(200 * 1.1), Math.ceil(50 * 1.1)], [111, 221, 56])
  assert.deepEqual([peerLimits(100).maxPeers, peerLimits(200).maxPeers, peerLimits(50).maxPeers], [110, 220, 55])
})

test('a broken tenth is rounded up', () => {
  assert.deepEqual(peerLimits(81), { maxPeers: 90, maxOutboundDials: 98, targetOutbound: 25, minOutbound: 17 })
  assert.deepEqual(peerLimits(1), { maxPeers: 2, maxOutboundDials: 2, targetOutbound: 1, minOutbound: 1 })
})

test('a target of none leaves room for none', () => {
  assert.deepEqual(peerLimits(0), { maxPeers: 0, maxOutboundDials: 0, targetOutbound: 0, minOutbound: 0 })
})

test('for every target each limit is the least integer not below its share', () => {
  fc.assert(
    fc.property(fc.nat({ max: 1_000_000 }), (target) => {
      const { maxPeers, maxOutboundDials, targetOutbound, minOutbound } = peerLimits(target)
      const shares: [number, bigint][] = [
        [maxPeers, 11n],
        [maxOutboundDials, 12n],
        [targetOutbound, 3n],
        [minOutbound, 2n],
      ]
      for (const [limit, of10] of shares) assert.equal(BigInt(limit), (BigInt(target) * of10 + 9n) / 10n)
    }),
  )
})

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { computeSubscribedSubnets } from '../../../../src/consensus/subnets.ts'
import { LookupTargets } from '../../../../src/network-worker/discovery/lookup-targets.ts'
import { fromHex } from '../../../../src/shared/hex.ts'

const SUBNETS = Array.from({ length: 64 }, (_, subnet) => subnet)

test('a sweep has each prefix once, far ones first, and begins again', () => {
  const targets = new LookupTargets((bytes) => randomBytes(bytes))
  const prefixes = Array.from({ length: 257 }, () => {
    const announced = targets.nextPrefix
    const target = fromHex(targets.sweep(), 32)
    assert.equal(target[0], announced)
    return announced
  })
  assert.deepEqual(prefixes.slice(0, 8), [0, 128, 64, 192, 32, 160, 96, 224])
  assert.equal(new Set(prefixes.slice(0, 256)).size, 256)
  assert.equal(prefixes[256], 0)
})

test('after its prefix a target is random, and the bytes given are left alone', () => {
  const given = new Uint8Array(32).fill(0xab)
  const targets = new LookupTargets(() => given)
  assert.equal(targets.sweep(), `00${'ab'.repeat(31)}`)
  targets.towardsSubnet(5, 1000, 'mainnet')
  assert.deepEqual(given, new Uint8Array(32).fill(0xab))
})

for (const preset of ['mainnet', 'minimal'] as const) {
  test(`${preset}: a target towards each of the 64 subnets serves it, at any time`, () => {
    const targets = new LookupTargets((bytes) => randomBytes(bytes))
    for (const epoch of [0, 1, 255, 256, 419_071, 419_072, 500_000, 2 ** 31]) {
      for (const subnet of SUBNETS) {
        const served = computeSubscribedSubnets(
          fromHex(targets.towardsSubnet(subnet, epoch, preset), 32),
          epoch,
          preset,
        )
        assert.ok(served.includes(subnet), `subnet ${subnet} in epoch ${epoch}`)
      }
    }
  })
}

test('property: whatever the random bytes, the target serves the subnet', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.nat({ max: 63 }),
      fc.nat({ max: 2 ** 40 }),
      (bytes, subnet, epoch) => {
        const target = fromHex(new LookupTargets(() => bytes).towardsSubnet(subnet, epoch), 32)
        assert.ok(computeSubscribedSubnets(target, epoch).includes(subnet))
        // Only the prefix is not random.
        assert.deepEqual(target.subarray(1), bytes.subarray(1))
      },
    ),
    { numRuns: 200 },
  )
})

test('the subnet is now the first, now the second of the target, so that both kinds of nodes are found', () => {
  const targets = new LookupTargets((bytes) => randomBytes(bytes))
  const places = SUBNETS.map(() => {
    const target = fromHex(targets.towardsSubnet(7, 419_072), 32)
    return computeSubscribedSubnets(target, 419_072).indexOf(7)
  })
  assert.deepEqual([...new Set(places)].sort(), [0, 1])
})

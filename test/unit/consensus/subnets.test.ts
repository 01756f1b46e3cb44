import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  computeShuffledIndex,
  computeSubscribedSubnets,
  computeUnshuffledIndex,
  nextSubnetRotationEpoch,
  prefixOfSubnet,
} from '../../../src/consensus/subnets.ts'

function nodeId(decimal: string): Uint8Array {
  return new Uint8Array(Buffer.from(BigInt(decimal).toString(16).padStart(64, '0'), 'hex'))
}

// Made with the Python specification; Lighthouse and Lodestar test against the same set. Node id, epoch, the subnets,
// and the first epoch at which they may change.
const VECTORS: [string, number, [number, number], number][] = [
  ['0', 54_321, [4, 5], 54_528],
  [
    '88752428858350697756262172400162263450541348766581994718383409852729519486397',
    1_017_090_249,
    [61, 62],
    1_017_090_371,
  ],
  [
    '18732750322395381632951253735273868184515463718109267674920115648614659369468',
    1_827_566_880,
    [23, 24],
    1_827_567_108,
  ],
  ['27726842142488109545414954493849224833670205008410190955613662332153332462900', 846_255_942, [38, 39], 846_256_076],
  ['39755236029158558527862903296867805548949739810920318269566095185775868999998', 766_597_383, [53, 54], 766_597_570],
  [
    '31899136003441886988955119620035330314647133604576220223892254902004850516297',
    1_204_990_115,
    [39, 40],
    1_204_990_135,
  ],
  [
    '58579998103852084482416614330746509727562027284701078483890722833654510444626',
    1_616_209_495,
    [48, 49],
    1_616_209_582,
  ],
  [
    '28248042035542126088870192155378394518950310811868093527036637864276176517397',
    1_774_367_616,
    [39, 40],
    1_774_367_723,
  ],
  [
    '60930578857433095740782970114409273483106482059893286066493409689627770333527',
    1_484_598_751,
    [34, 35],
    1_484_598_953,
  ],
  [
    '103822458477361691467064888613019442068586830412598673713899771287914656699997',
    3_525_502_229,
    [37, 38],
    3_525_502_371,
  ],
]

for (const [id, epoch, subnets, until] of VECTORS) {
  test(`node ${id.slice(0, 8)}… in epoch ${epoch}: subnets ${subnets.join(' and ')} until ${until}`, () => {
    assert.deepEqual(computeSubscribedSubnets(nodeId(id), epoch), subnets)
    assert.equal(nextSubnetRotationEpoch(nodeId(id), epoch), until)
  })
}

test('before genesis the subnets are those of epoch 0', () => {
  const id = nodeId('12345678901234567890')
  assert.deepEqual(computeSubscribedSubnets(id, -3), computeSubscribedSubnets(id, 0))
})

test('a node id of another length is refused', () => {
  assert.throws(() => computeSubscribedSubnets(new Uint8Array(31), 0), /32 bytes/)
  assert.throws(() => computeSubscribedSubnets(new Uint8Array(), 0), /32 bytes/)
})

test('property: two neighbouring subnets, the same until the rotation', () => {
  const ids = fc.uint8Array({ minLength: 32, maxLength: 32 })
  fc.assert(
    fc.property(ids, fc.nat({ max: 2 ** 31 }), (id, epoch) => {
      const [first = -1, second] = computeSubscribedSubnets(id, epoch)
      assert.ok(first >= 0 && first < 64)
      assert.equal(second, (first + 1) % 64)
      const until = nextSubnetRotationEpoch(id, epoch)
      assert.ok(until > epoch && until <= epoch + 256)
      assert.deepEqual(computeSubscribedSubnets(id, until - 1), [first, second])
      assert.equal(nextSubnetRotationEpoch(id, until), until + 256)
    }),
    { numRuns: 50 },
  )
})

test('property: the shuffle is a permutation for any seed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.integer({ min: 1, max: 300 }), (seed, count) => {
      const images = Array.from({ length: count }, (_, index) => computeShuffledIndex(index, count, seed, 10))
      assert.deepEqual(
        images.sort((a, b) => a - b),
        Array.from({ length: count }, (_, index) => index),
      )
    }),
    { numRuns: 20 },
  )
})

test('property: unshuffling undoes the shuffle', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.integer({ min: 1, max: 2 ** 32 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (seed, count, place) => {
        const index = Math.floor(place * count)
        assert.equal(computeUnshuffledIndex(computeShuffledIndex(index, count, seed, 90), count, seed, 90), index)
      },
    ),
    { numRuns: 50 },
  )
})

test('the prefix of a subnet is that of the nodes whose first, or second, subnet it is', () => {
  const id = nodeId('12345678901234567890')
  for (const epoch of [0, 419_072]) {
    const subnets = computeSubscribedSubnets(id, epoch)
    const prefixes = subnets.map((subnet, place) => prefixOfSubnet(subnet, place, id[31] ?? 0, epoch))
    assert.deepEqual(prefixes, [0, 0])
  }
})

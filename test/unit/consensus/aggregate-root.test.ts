import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BitArray } from '@chainsafe/ssz'
import { ssz } from '@lodestar/types'
import fc from 'fast-check'
import { aggregateRoots, attestationDataRoot } from '../../../src/consensus/aggregate-root.ts'
import { FORK_NAMES, isForkAtLeast } from '../../../src/consensus/network-config.ts'

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length })
const checkpoint = fc.record({ epoch: fc.nat(), root: bytes(32) })
const parts = fc.record({
  aggregatorIndex: fc.nat(),
  bits: fc.array(fc.boolean(), { minLength: 1, maxLength: 2048 }).map((list) => BitArray.fromBoolArray(list)),
  committee: fc.nat(63),
  data: fc.record({
    slot: fc.nat(),
    index: fc.nat(),
    beaconBlockRoot: bytes(32),
    source: checkpoint,
    target: checkpoint,
  }),
  signature: bytes(96),
  selectionProof: bytes(96),
})

function hex(root: Uint8Array): string {
  return Buffer.from(root).toString('hex')
}

for (const fork of FORK_NAMES) {
  test(`${fork}: the root of what an aggregator signs is that of the library`, () => {
    const rootOf = aggregateRoots(fork, 'mainnet')
    fc.assert(
      fc.property(parts, ({ aggregatorIndex, bits, committee, data, signature, selectionProof }) => {
        const common = { aggregationBits: bits, data, signature }
        const single = { ...common, committeeBits: BitArray.fromSingleBit(64, committee) }
        const message = { aggregatorIndex, selectionProof }
        const [serialized, root] = isForkAtLeast(fork, 'gloas')
          ? both(ssz.gloas.SignedAggregateAndProof, { ...message, aggregate: single }, signature)
          : isForkAtLeast(fork, 'electra')
            ? both(ssz.electra.SignedAggregateAndProof, { ...message, aggregate: single }, signature)
            : both(ssz.phase0.SignedAggregateAndProof, { ...message, aggregate: common }, signature)
        assert.equal(hex(rootOf(serialized)), hex(root))
      }),
      { numRuns: 20 },
    )
  })
}

interface SignedType<Message> {
  readonly fields: { readonly message: { hashTreeRoot(message: Message): Uint8Array } }
  serialize(value: { message: Message; signature: Uint8Array }): Uint8Array
}

/** The serialisation of the signed message, and the root of the message. */
function both<Message>(
  type: SignedType<Message>,
  message: Message,
  signature: Uint8Array,
): readonly [Uint8Array, Uint8Array] {
  return [type.serialize({ message, signature }), type.fields.message.hashTreeRoot(message)]
}

test('the root of the data is asked for, so that it may be remembered', () => {
  const asked: string[] = []
  const rootOf = aggregateRoots('electra', 'mainnet', (data) => {
    asked.push(hex(data))
    return attestationDataRoot(data)
  })
  const value = ssz.electra.SignedAggregateAndProof.defaultValue()
  value.message.aggregate.data.slot = 5
  const serialized = ssz.electra.SignedAggregateAndProof.serialize(value)
  assert.equal(hex(rootOf(serialized)), hex(ssz.electra.AggregateAndProof.hashTreeRoot(value.message)))
  assert.deepEqual(asked, [hex(ssz.phase0.AttestationData.serialize(value.message.aggregate.data))])
})

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { ssz } from '@lodestar/types'
import fc from 'fast-check'
import { FORK_NAMES } from '../../../src/consensus/network-config.ts'
import { chooseHasher } from '../../../src/validation-pool/hasher.ts'
import { blockRoot } from '../../../src/validation-pool/jobs/block-root.ts'
import { createDemoParts } from '../demo/demo-parts.ts'

before(() => chooseHasher())

function hex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex')}`
}

for (const fork of FORK_NAMES) {
  test(`${fork}: the root of a block is that of its message`, () => {
    const signed = ssz[fork].SignedBeaconBlock.defaultValue()
    signed.message.slot = 77
    signed.message.proposerIndex = 12
    signed.message.body.graffiti = new Uint8Array(32).fill(9)
    const expected = hex(ssz[fork].BeaconBlock.hashTreeRoot(signed.message as never))
    signed.signature = new Uint8Array(96).fill(1)
    assert.equal(blockRoot(fork, ssz[fork].SignedBeaconBlock.serialize(signed as never)), expected)
  })
}

test('blocks with a payload, as the demo makes them: the root that their header has', () => {
  const { chain } = createDemoParts()
  for (const slot of [1, 2, 5]) {
    const { signedBlock, root, signedHeader } = chain.propose({ slot, blobCommitments: [], attestations: [] })
    assert.equal(blockRoot('fulu', ssz.fulu.SignedBeaconBlock.serialize(signedBlock)), hex(root))
    assert.equal(hex(root), hex(ssz.phase0.BeaconBlockHeader.hashTreeRoot(signedHeader.message)))
  }
})

for (const fork of ['bellatrix', 'capella', 'deneb', 'electra', 'fulu'] as const) {
  test(`${fork}: a payload with transactions and all else that its fork has`, () => {
    const signed = ssz[fork].SignedBeaconBlock.defaultValue()
    const { executionPayload } = signed.message.body
    executionPayload.transactions = Array.from({ length: 150 }, (_, i) => new Uint8Array((i * 7919) % 1400).fill(i))
    executionPayload.extraData = new Uint8Array(9).fill(1)
    executionPayload.baseFeePerGas = 2n ** 200n
    if ('withdrawals' in executionPayload) {
      executionPayload.withdrawals = [
        { index: 4, validatorIndex: 5, address: new Uint8Array(20).fill(6), amount: 7n },
        { index: 5, validatorIndex: 9, address: new Uint8Array(20).fill(8), amount: 2n ** 63n },
      ]
    }
    const expected = hex(ssz[fork].BeaconBlock.hashTreeRoot(signed.message as never))
    assert.equal(blockRoot(fork, ssz[fork].SignedBeaconBlock.serialize(signed as never)), expected)
  })
}

test('bytes that are no block have no root and throw nothing', () => {
  const bytes = ssz.fulu.SignedBeaconBlock.serialize(ssz.fulu.SignedBeaconBlock.defaultValue())
  fc.assert(
    fc.property(fc.constantFrom(...FORK_NAMES), fc.uint8Array({ maxLength: 2_000 }), (fork, rubbish) => {
      const root = blockRoot(fork, rubbish)
      assert.ok(root === undefined || /^0x[0-9a-f]{64}$/.test(root))
    }),
  )
  for (let length = 0; length < bytes.length; length += 7) {
    assert.equal(blockRoot('fulu', bytes.subarray(0, length)), undefined, `the first ${length} bytes`)
  }
})

test('a block with any few of its bytes changed is another one or none', () => {
  const bytes = ssz.fulu.SignedBeaconBlock.serialize(ssz.fulu.SignedBeaconBlock.defaultValue())
  const original = blockRoot('fulu', bytes)
  const changes = fc.array(fc.tuple(fc.nat({ max: bytes.length - 101 }), fc.integer({ min: 1, max: 255 })), {
    minLength: 1,
    maxLength: 4,
  })
  fc.assert(
    fc.property(changes, (flips) => {
      const changed = Uint8Array.from(bytes)
      for (const [index, flip] of flips) changed[100 + index] = (bytes[100 + index] ?? 0) ^ flip
      assert.notEqual(blockRoot('fulu', changed), original)
    }),
  )
})

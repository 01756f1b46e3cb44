import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import fc from 'fast-check'
import { compressSync } from 'snappy'
import { FORK_NAMES } from '../../../src/consensus/network-config.ts'
import { blockFacts } from '../../../src/validation-pool/jobs/block-facts.ts'

const MAX_SSZ_BYTES = 10 * 1024 * 1024

function signedBlock(transactionBytes: number) {
  const block = ssz.electra.SignedBeaconBlock.defaultValue()
  block.message.slot = 9
  block.message.proposerIndex = 4
  block.message.parentRoot = new Uint8Array(32).fill(5)
  block.message.body.executionPayload.transactions = [new Uint8Array(transactionBytes)]
  return block
}

function compressed(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(compressSync(Buffer.from(bytes)))
}

test('slot, proposer, root and parent of a block as it travels', () => {
  const block = signedBlock(1_000)
  const data = compressed(ssz.electra.SignedBeaconBlock.serialize(block))
  assert.deepEqual(blockFacts({ fork: 'electra', data, maxSszBytes: MAX_SSZ_BYTES }), {
    slot: 9,
    proposerIndex: 4,
    root: `0x${Buffer.from(ssz.electra.BeaconBlock.hashTreeRoot(block.message)).toString('hex')}`,
    parentRoot: `0x${'05'.repeat(32)}`,
  })
  assert.equal(blockFacts({ fork: 'capella', data, maxSszBytes: MAX_SSZ_BYTES }), undefined)
})

test('a block longer than its bound, or than 2 MiB, is none', () => {
  const short = compressed(ssz.electra.SignedBeaconBlock.serialize(signedBlock(0)))
  assert.equal(blockFacts({ fork: 'electra', data: short, maxSszBytes: 100 }), undefined)
  const long = compressed(ssz.electra.SignedBeaconBlock.serialize(signedBlock(2 * 1024 * 1024)))
  assert.equal(blockFacts({ fork: 'electra', data: long, maxSszBytes: MAX_SSZ_BYTES }), undefined)
})

test('any bytes have facts or none, and throw nothing', () => {
  const bytes = fc.uint8Array({ maxLength: 1_500 })
  fc.assert(
    fc.property(fc.constantFrom(...FORK_NAMES), bytes, fc.boolean(), (fork, rubbish, isCompressed) => {
      const data = isCompressed ? compressed(rubbish) : Uint8Array.from(rubbish)
      const facts = blockFacts({ fork, data, maxSszBytes: MAX_SSZ_BYTES })
      assert.ok(facts === undefined || /^0x[0-9a-f]{64}$/.test(facts.root))
    }),
  )
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import { DearBlocks } from '../../../../../src/network-worker/validation/verify/dear-blocks.ts'

function withTransactions(count: number, bytes = 0): Uint8Array {
  const block = ssz.fulu.SignedBeaconBlock.defaultValue()
  block.message.body.executionPayload.transactions = Array.from({ length: count }, () => new Uint8Array(bytes))
  return ssz.fulu.SignedBeaconBlock.serialize(block)
}

test('what mainnet has is hashed, half a million empty transactions are not, nor is what is too long', () => {
  const blocks = new DearBlocks('mainnet')
  assert.equal(blocks.has('fulu', withTransactions(0)), false)
  assert.equal(blocks.has('fulu', withTransactions(400, 300)), false)
  assert.equal(blocks.has('fulu', withTransactions(16_384)), false)
  assert.equal(blocks.has('fulu', withTransactions(16_385)), true)
  assert.equal(blocks.has('fulu', withTransactions(500_000)), true)
  assert.equal(blocks.has('fulu', withTransactions(1, 2 ** 21)), true)
})

test('blocks without a payload have no transactions', () => {
  const blocks = new DearBlocks('mainnet')
  assert.equal(
    blocks.has('phase0', ssz.phase0.SignedBeaconBlock.serialize(ssz.phase0.SignedBeaconBlock.defaultValue())),
    false,
  )
  assert.equal(
    blocks.has('altair', ssz.altair.SignedBeaconBlock.serialize(ssz.altair.SignedBeaconBlock.defaultValue())),
    false,
  )
  assert.equal(blocks.has('gloas', new Uint8Array(1000)), false)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import { chooseHasher } from '../../../src/validation-pool/hasher.ts'

const block = ssz.fulu.BeaconBlock.defaultValue()
block.body.executionPayload.transactions = Array.from({ length: 40 }, (_, i) => new Uint8Array(i * 31).fill(i))
/** By the hasher that this thread began with. */
const expected = ssz.fulu.BeaconBlock.hashTreeRoot(block)

test('where there is no native code the hasher is another one, and roots are the same', async () => {
  const missing = () => Promise.reject(new Error('Cannot find native binding'))
  assert.equal(await chooseHasher(missing), 'as-sha256')
  assert.deepEqual(ssz.fulu.BeaconBlock.hashTreeRoot(block), expected)
})

test('native code is chosen where it is installed, and roots are the same', async () => {
  assert.equal(await chooseHasher(), 'hashtree')
  assert.deepEqual(ssz.fulu.BeaconBlock.hashTreeRoot(block), expected)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import { createKeyRing, DISTINCT_KEYS } from '../../../src/demo/keys.ts'
import { genesisValidator, VALIDATOR_COUNT, validatorsRoot } from '../../../src/demo/validators.ts'

test("the root is the list type's own hash_tree_root", () => {
  const keys = createKeyRing()
  for (const count of [DISTINCT_KEYS, 8 * DISTINCT_KEYS]) {
    const list = Array.from({ length: count }, (_, index) => genesisValidator(keys, index))
    assert.deepEqual(new Uint8Array(validatorsRoot(keys, count)), ssz.phase0.Validators.hashTreeRoot(list))
  }
})

test('a list that is not a power of two of periods is refused', () => {
  assert.throws(() => validatorsRoot(createKeyRing(), 3 * DISTINCT_KEYS), /periods/)
})

test('there are as many validators as 64 committees of 128 in 32 slots need', () => {
  assert.equal(VALIDATOR_COUNT, 262_144)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  COMMITTEES_PER_SLOT,
  committeeIndexOnSubnet,
  committeeOf,
  proposerOf,
  subnetOf,
} from '../../../src/demo/duties.ts'
import { VALIDATOR_COUNT } from '../../../src/demo/validators.ts'

test('each subnet has exactly one committee in each slot', () => {
  for (const slot of [0, 1, 31, 32, 77]) {
    for (let subnet = 0; subnet < COMMITTEES_PER_SLOT; subnet++) {
      assert.equal(subnetOf(slot, committeeIndexOnSubnet(slot, subnet)), subnet)
    }
  }
})

test('committees of an epoch do not share members, and differ in the next epoch', () => {
  const first = committeeOf(40, 3)
  const second = committeeOf(41, 3)
  assert.equal(new Set([...first, ...second]).size, 256)
  assert.notDeepEqual(committeeOf(40 + 32, 3), first)
  assert.deepEqual(committeeOf(40, 3), first)
})

test('proposers are validators and change from slot to slot', () => {
  const proposers = Array.from({ length: 8 }, (_, slot) => proposerOf(slot))
  for (const index of proposers) assert.ok(index >= 0 && index < VALIDATOR_COUNT)
  assert.equal(new Set(proposers).size, 8)
})

test('a committee that does not exist is refused', () => {
  assert.throws(() => committeeOf(1, COMMITTEES_PER_SLOT), /no committee/)
})

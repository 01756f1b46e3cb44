import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aggregatorsPerSlot, committeesPerSlot } from '../../../src/consensus/committees.ts'

test('a slot has a committee for each target size of validators, one at least and so many at most', () => {
  const mainnet = { preset: 'mainnet', slotsPerEpoch: 32 } as const
  const expected = [
    [1, 1],
    [8191, 1],
    [8192, 2],
    [262_143, 63],
    [262_144, 64],
    [1_000_000, 64],
  ] as const
  for (const [validators, committees] of expected) {
    assert.equal(committeesPerSlot({ ...mainnet, validators }), committees, `${validators}`)
  }
  const minimal = { preset: 'minimal', slotsPerEpoch: 8 } as const
  assert.deepEqual(
    [63, 64, 127, 128, 1024].map((validators) => committeesPerSlot({ ...minimal, validators })),
    [1, 2, 3, 4, 4],
  )
})

test('aggregators are about sixteen to a committee, and all of a small one', () => {
  const mainnet = { preset: 'mainnet', slotsPerEpoch: 32 } as const
  // Of committees of 488 and 489 one in thirty aggregates.
  assert.ok(Math.abs(aggregatorsPerSlot({ ...mainnet, validators: 1_000_000 }) - 1_000_000 / 30 / 32) < 1e-6)
  assert.equal(aggregatorsPerSlot({ ...mainnet, validators: 64 }), 2)
})

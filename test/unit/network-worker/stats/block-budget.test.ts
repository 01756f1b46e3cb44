import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  BlockBudget,
  MAX_BLOCKS_PER_SENDER,
  MAX_BLOCKS_PER_SLOT,
  MAX_VOUCHED_PER_SLOT,
} from '../../../../src/network-worker/stats/block-budget.ts'

function scene() {
  const clock = { slot: 7 }
  const budget = new BlockBudget({ currentSlot: () => clock.slot })
  /** How many of so many are taken. */
  const takenOf = (count: number, senderOf: (index: number) => string, isVouched = false): number =>
    Array.from({ length: count }, (_, index) => budget.take(senderOf(index), isVouched)).filter(Boolean).length
  return { clock, budget, takenOf }
}

test('a slot has room for few blocks, the next one for as many again', () => {
  const { clock, takenOf } = scene()
  for (let slot = 0; slot < 3; slot++, clock.slot++)
    assert.equal(
      takenOf(10, (index) => `peer${index}`),
      MAX_BLOCKS_PER_SLOT,
    )
})

test('one sender does not use it up', () => {
  const { budget, takenOf } = scene()
  assert.equal(
    takenOf(10, () => 'spammer'),
    MAX_BLOCKS_PER_SENDER,
  )
  assert.ok(budget.take('honest', false))
})

test('two senders do, but not the room of blocks that something vouches for, whoever sends these', () => {
  const { budget, clock, takenOf } = scene()
  takenOf(10, (index) => `spammer ${index % 2}`)
  assert.equal(budget.take('honest', false), false)
  assert.ok(budget.take('spammer 0', true))
  assert.equal(
    takenOf(2 * MAX_VOUCHED_PER_SLOT, () => 'honest', true),
    MAX_VOUCHED_PER_SLOT - 1,
  )
  clock.slot++
  assert.deepEqual([budget.take('honest', true), budget.take('honest', false)], [true, true])
})

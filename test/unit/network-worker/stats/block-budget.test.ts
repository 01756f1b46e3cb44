import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  BlockBudget,
  MAX_BLOCKS_PER_SENDER,
  MAX_BLOCKS_PER_SLOT,
} from '../../../../src/network-worker/stats/block-budget.ts'

function scene() {
  const clock = { slot: 7 }
  return { clock, budget: new BlockBudget({ currentSlot: () => clock.slot }) }
}

test('a slot has room for few blocks, the next one for as many again', () => {
  const { clock, budget } = scene()
  for (let slot = 0; slot < 3; slot++, clock.slot++) {
    const taken = Array.from({ length: 10 }, (_, index) => budget.take(`peer${index}`))
    assert.equal(taken.filter(Boolean).length, MAX_BLOCKS_PER_SLOT)
    assert.equal(taken.lastIndexOf(true), MAX_BLOCKS_PER_SLOT - 1)
  }
})

test('one sender does not use it up', () => {
  const { budget } = scene()
  const taken = Array.from({ length: 10 }, () => budget.take('spammer'))
  assert.equal(taken.filter(Boolean).length, MAX_BLOCKS_PER_SENDER)
  assert.ok(budget.take('honest'))
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SlotWatch } from '../../../../../src/network-worker/validation/policy/slot-watch.ts'

const SLOTS_PER_EPOCH = 32
const ROOT = new Uint8Array(32).fill(1)
const OTHER_ROOT = new Uint8Array(32).fill(2)

function scene(slot: number) {
  const now = { slot }
  return { now, watch: new SlotWatch({ slotsPerEpoch: SLOTS_PER_EPOCH, currentSlot: () => now.slot }) }
}

test('a block and its columns are the first of their slot, each on its topic', () => {
  const { watch } = scene(100)
  assert.ok(watch.isFirst('block', 100, { slot: 100, proposerIndex: 7 }))
  for (const topic of ['column 0', 'column 1']) {
    assert.ok(watch.isFirst(topic, 100, { slot: 100, proposerIndex: 7, headerRoot: ROOT }))
  }
  assert.ok(watch.isFirst('block', 101, { slot: 101, proposerIndex: 8 }))
  assert.equal(watch.isInDoubt, false)
})

test('a second block of a slot raises doubt, which lasts two epochs', () => {
  const { now, watch } = scene(100)
  watch.isFirst('block', 100, { slot: 100, proposerIndex: 7 })
  assert.equal(watch.isFirst('block', 100, { slot: 100, proposerIndex: 7 }), false)
  assert.ok(watch.isInDoubt)
  now.slot = 100 + 2 * SLOTS_PER_EPOCH - 1
  assert.ok(watch.isInDoubt)
  now.slot++
  assert.equal(watch.isInDoubt, false)
})

test('so does another proposer on another topic, and another header of the same one', () => {
  const facts = { slot: 100, proposerIndex: 7, headerRoot: ROOT }
  for (const other of [
    { ...facts, proposerIndex: 8 },
    { ...facts, headerRoot: OTHER_ROOT },
  ]) {
    const { watch } = scene(100)
    assert.ok(watch.isFirst('column 0', 100, facts))
    assert.equal(watch.isFirst('column 1', 100, other), false)
    assert.ok(watch.isInDoubt)
  }
})

test('what names no proposer contradicts nobody, and is the first of its topic once', () => {
  const { watch } = scene(100)
  watch.isFirst('block', 100, { slot: 100, proposerIndex: 7 })
  assert.ok(watch.isFirst('column 0', 100, undefined))
  assert.equal(watch.isInDoubt, false)
  assert.equal(watch.isFirst('column 0', 100, undefined), false)
})

test('slots of two epochs are remembered', () => {
  const { now, watch } = scene(100)
  watch.isFirst('block', 100, { slot: 100, proposerIndex: 7 })
  now.slot = 100 + 2 * SLOTS_PER_EPOCH
  watch.isFirst('block', now.slot, { slot: now.slot, proposerIndex: 8 })
  assert.equal(watch.isFirst('block', 100, { slot: 100, proposerIndex: 9 }), false)
})

test('the current slot and the one before are in time', () => {
  const { watch } = scene(100)
  assert.deepEqual(
    [98, 99, 100, 101].map((slot) => watch.isTimely(slot)),
    [false, true, true, true],
  )
})

test('the first whose signature was right is the only signer of a slot', () => {
  const { watch } = scene(100)
  const of = (slot: number, proposerIndex: number): boolean => watch.isOnlySigner({ slot, proposerIndex })
  assert.deepEqual([of(100, 7), of(100, 7), of(100, 8), of(101, 8)], [true, true, false, true])
})

test('of peers whose word does not count the first of a topic is first, and none contradicts others or takes their place', () => {
  const { watch } = scene(100)
  const facts = { slot: 100, proposerIndex: 7, headerRoot: ROOT }
  const other = { slot: 100, proposerIndex: 8, headerRoot: OTHER_ROOT }
  assert.ok(watch.isFirst('column 0', 100, other, true))
  assert.equal(watch.isFirst('column 0', 100, other, true), false)
  assert.ok(watch.isFirst('column 0', 100, facts))
  assert.equal(watch.isFirst('column 1', 100, other, true), false, 'it is not the slot that others tell of')
  assert.ok(watch.isFirst('column 2', 100, facts, true))
  assert.ok(watch.isFirst('column 1', 100, facts))
  assert.equal(watch.isInDoubt, false)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createSlotClock } from '../../../src/consensus/slot-clock.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { devnet } from './network-fixtures.ts'

const GENESIS_MS = 1_700_000_000_000

test('slots and epochs follow the wall clock', () => {
  const clock = new FakeClock(GENESIS_MS)
  const slots = createSlotClock(devnet([]), clock)
  assert.equal(slots.currentSlot(), 0)
  clock.advance(5999)
  assert.deepEqual([slots.currentSlot(), slots.msIntoSlot()], [0, 5999])
  clock.advance(1)
  assert.deepEqual([slots.currentSlot(), slots.msIntoSlot()], [1, 0])
  clock.advance(31 * 6000)
  assert.deepEqual([slots.currentSlot(), slots.currentEpoch()], [32, 1])
  assert.equal(slots.epochStartMs(1), GENESIS_MS + 192_000)
  assert.equal(slots.epochOfSlot(63), 1)
})

test('before genesis slots and epochs are negative', () => {
  const slots = createSlotClock(devnet([]), new FakeClock(GENESIS_MS - 1))
  assert.deepEqual([slots.currentSlot(), slots.currentEpoch(), slots.msIntoSlot()], [-1, -1, 5999])
  assert.equal(slots.slotAtMs(GENESIS_MS - 6001), -2)
})

test('slots need not last whole seconds, nor epochs 32 slots', () => {
  const network = { ...devnet([]), slotDurationMs: 1500, slotsPerEpoch: 8 }
  const slots = createSlotClock(network, new FakeClock(GENESIS_MS + 1500 * 9 + 700))
  assert.deepEqual([slots.currentSlot(), slots.currentEpoch(), slots.msIntoSlot()], [9, 1, 700])
})

test('property: a time lies within its slot, and a slot within its epoch', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e12, max: 1e13 }), fc.integer({ min: 1, max: 60_000 }), (offsetMs, slotMs) => {
      const nowMs = GENESIS_MS + offsetMs
      const slots = createSlotClock({ ...devnet([]), slotDurationMs: slotMs }, new FakeClock(nowMs))
      const slot = slots.currentSlot()
      assert.ok(slots.slotStartMs(slot) <= nowMs && nowMs < slots.slotStartMs(slot + 1))
      assert.equal(slots.slotStartMs(slot) + slots.msIntoSlot(), nowMs)
      const epoch = slots.currentEpoch()
      assert.ok(slots.epochStartMs(epoch) <= nowMs && nowMs < slots.epochStartMs(epoch + 1))
    }),
  )
})

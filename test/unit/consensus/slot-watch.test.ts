import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSlotClock } from '../../../src/consensus/slot-clock.ts'
import { watchSlots } from '../../../src/consensus/slot-watch.ts'
import type { Clock } from '../../../src/shared/clock.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { smallNetwork } from '../network-worker/small-network.ts'

const NETWORK = smallNetwork({ slotDurationMs: 12_000 })
const SLOT_MS = NETWORK.slotDurationMs

/** Watches from 900 ms into slot 10. The wall clock can be set; timers can come early, as the system's may. */
function scene({ slotDurationMs = SLOT_MS, startMs = 10 * SLOT_MS + 900 } = {}) {
  const network = { ...NETWORK, slotDurationMs }
  const time = new FakeClock(network.genesisTimeSeconds * 1000 + startMs)
  const state = { setForwardMs: 0, earlyMs: 0, looks: 0, told: [] as [number, number][] }
  const clock: Clock = {
    nowMs: () => time.nowMs() + state.setForwardMs,
    monotonicMs: () => time.monotonicMs(),
    every: (periodMs, run) => time.every(periodMs, run),
    after: (delayMs, run) => {
      state.looks++
      return time.after(delayMs - state.earlyMs, run)
    },
  }
  const slotClock = createSlotClock(network, clock)
  const watch = watchSlots({ clock, slotClock }, (slot) => state.told.push([slot, slotClock.msIntoSlot()]))
  return { time, state, watch }
}

test('each slot is told as it begins, once, and the one in which the watch began is not', () => {
  const { time, state } = scene()
  time.advance(SLOT_MS - 901)
  assert.deepEqual(state.told, [])
  time.advance(3 * SLOT_MS)
  const expected = [11, 12, 13].map((slot) => [slot, 0])
  assert.deepEqual(state.told, expected)
})

test('slots shorter than any wait, and those before genesis, are told one by one', () => {
  const { time, state } = scene({ slotDurationMs: 250, startMs: -500 })
  time.advance(1000)
  const slots = state.told.map(([slot]) => slot)
  assert.deepEqual(slots, [-1, 0, 1, 2])
})

test('a timer that comes early tells nothing early, and nothing twice', () => {
  const { time, state } = scene()
  state.earlyMs = 0.4
  time.advance(3 * SLOT_MS)
  assert.deepEqual(
    state.told.map(([slot]) => slot),
    [11, 12, 13],
  )
  for (const [, intoMs] of state.told) assert.ok(intoMs >= 0 && intoMs < 1, `${intoMs} ms into the slot`)
})

test('a wall clock that was set, either way, is seen two seconds later', () => {
  const { time, state } = scene()
  state.setForwardMs = 100 * SLOT_MS
  time.advance(2000)
  assert.deepEqual(
    state.told.map(([slot]) => slot),
    [110],
  )
  state.setForwardMs = 0
  time.advance(2000)
  assert.equal(state.told.at(-1)?.[0], 10)
})

test('the thread is woken a few times a slot, and not at all once nobody watches', () => {
  const { time, state, watch } = scene()
  state.looks = 0
  time.advance(10 * SLOT_MS)
  assert.ok(state.looks <= 10 * Math.ceil(SLOT_MS / 2000) + 1, `${state.looks} looks in ten slots`)
  watch[Symbol.dispose]()
  assert.equal(time.pending, 0)
  const told = state.told.length
  time.advance(2 * SLOT_MS)
  assert.equal(state.told.length, told)
})

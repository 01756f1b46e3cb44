import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { setV8Flags } from '../../../../src/main/v8-flags.ts'
import {
  COLLECTED_AFTER_GROWTH_BYTES,
  HeapUpkeep,
  heapUpkeep,
} from '../../../../src/network-worker/host/heap-upkeep.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { collectAll, growHeap, isGrown, muchToHold, untilFreed } from '../../../support/whole-heap.ts'

const SLOT_MS = 12_000
const FULL_BYTES = 60_000_000
const QUIET_FROM_SHARE = 10 / 12

/** Slots begin when the clock does; a collection leaves `FULL_BYTES`. */
function scene(slotMs = SLOT_MS) {
  const clock = new FakeClock()
  const state = {
    ...{ heapBytes: FULL_BYTES, busyShare: 0.02, freesAtOnce: true },
    ...{ collectedAtMs: [] as number[], longestShareMs: 0 },
  }
  let askedAtMs = 0
  const heap = new HeapUpkeep({
    clock,
    slotClock: { msIntoSlot: () => clock.monotonicMs() % slotMs },
    slotDurationMs: slotMs,
    heapBytes: () => state.heapBytes,
    busyShare: () => {
      const nowMs = clock.monotonicMs()
      if (nowMs % slotMs > QUIET_FROM_SHARE * slotMs) {
        state.longestShareMs = Math.max(state.longestShareMs, nowMs - askedAtMs)
      }
      askedAtMs = nowMs
      return state.busyShare
    },
    collect: () => {
      state.collectedAtMs.push(clock.monotonicMs())
      if (state.freesAtOnce) state.heapBytes = FULL_BYTES
    },
  })
  heap.start()
  return { clock, state, heap }
}

describe('the heap of the network thread', () => {
  test('is collected late in the slot in which it has grown', () => {
    const { clock, state } = scene()
    state.heapBytes += COLLECTED_AFTER_GROWTH_BYTES
    clock.advance(SLOT_MS)
    assert.deepEqual(state.collectedAtMs, [10_200])
    clock.advance(3 * SLOT_MS)
    assert.equal(state.collectedAtMs.length, 1, 'and not again before it has')
  })

  test('is collected however short slots are', () => {
    for (const slotMs of [400, 1000, 2000]) {
      const { clock, state } = scene(slotMs)
      state.heapBytes += COLLECTED_AFTER_GROWTH_BYTES
      clock.advance(slotMs)
      assert.equal(state.collectedAtMs.length, 1, `slots of ${slotMs} ms`)
    }
  })

  test('what the thread does is looked at over the last 200 ms', () => {
    const { clock, state } = scene()
    clock.advance(3 * SLOT_MS)
    assert.equal(state.longestShareMs, 200)
  })

  test('is left alone while it has not', () => {
    const { clock, state } = scene()
    state.heapBytes += COLLECTED_AFTER_GROWTH_BYTES - 1
    clock.advance(4 * SLOT_MS)
    assert.deepEqual(state.collectedAtMs, [])
  })

  test('waits for a moment without work, and for the next slot when there is none', () => {
    const { clock, state } = scene()
    state.heapBytes += COLLECTED_AFTER_GROWTH_BYTES
    state.busyShare = 0.6
    clock.advance(SLOT_MS + 10_900)
    assert.deepEqual(state.collectedAtMs, [])
    state.busyShare = 0.1
    clock.advance(SLOT_MS)
    assert.deepEqual(state.collectedAtMs, [SLOT_MS + 11_000])
  })

  test('is not collected again for what the first collection is about to free', () => {
    const { clock, state } = scene()
    state.heapBytes += COLLECTED_AFTER_GROWTH_BYTES
    state.freesAtOnce = false
    clock.advance(SLOT_MS)
    assert.equal(state.collectedAtMs.length, 1)
    state.heapBytes = FULL_BYTES
    clock.advance(SLOT_MS)
    state.heapBytes += COLLECTED_AFTER_GROWTH_BYTES
    clock.advance(SLOT_MS)
    assert.equal(state.collectedAtMs.length, 2, 'what was freed is no growth of later')
  })

  test('what V8 freed by itself is no growth', () => {
    const { clock, state } = scene()
    state.heapBytes += 30_000_000
    clock.advance(9000)
    state.heapBytes = FULL_BYTES - 10_000_000
    clock.advance(3000)
    assert.deepEqual(state.collectedAtMs, [])
    state.heapBytes += COLLECTED_AFTER_GROWTH_BYTES
    clock.advance(SLOT_MS)
    assert.deepEqual(state.collectedAtMs, [SLOT_MS + 10_200])
  })

  test('is nobody’s business any more once stopped', () => {
    const { clock, state, heap } = scene()
    state.heapBytes += COLLECTED_AFTER_GROWTH_BYTES
    heap.stop()
    heap.stop()
    clock.advance(2 * SLOT_MS)
    assert.deepEqual(state.collectedAtMs, [])
    assert.equal(clock.pending, 0)
  })

  test('of this very thread is collected once it has grown and the thread has little to do', async () => {
    setV8Flags()
    const held = muchToHold()
    collectAll()
    const clock = new FakeClock()
    const heap = heapUpkeep({ clock, slotClock: { msIntoSlot: () => 10_500 }, slotDurationMs: SLOT_MS })
    heap.start()
    const restBytes = growHeap()
    await sleep(300)
    assert.ok(isGrown(restBytes), 'nobody else collects it')
    clock.advance(200)
    heap.stop()
    await untilFreed(restBytes)
    assert.equal(held.length, 3)
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import pino from 'pino'
import { ClockOffset, MAX_WITNESSES, WINDOW_MS } from '../../../../src/network-worker/chain/clock-offset.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

const SLOT_MS = 12_000

function scene() {
  const clock = new FakeClock()
  const genesisMs = clock.nowMs()
  const warnings: Record<string, unknown>[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(JSON.parse(line)) })
  const slotClock = { slotStartMs: (slot: number) => genesisMs + slot * SLOT_MS }
  const offset = new ClockOffset({ clock, slotClock, slotDurationMs: SLOT_MS, log })
  /** A block that comes so much before its slot, by our clock. */
  const early = (ms: number, sender: string): void => {
    const slot = Math.ceil((clock.nowMs() - genesisMs) / SLOT_MS) + 1
    clock.advance(slotClock.slotStartMs(slot) - ms - clock.nowMs())
    offset.onBlock(slot, sender)
  }
  return { clock, offset, early, warnings }
}

test('three senders prove a slow clock, by what the least of them shows', () => {
  const { offset, early } = scene()
  early(300, 'a')
  early(200, 'b')
  assert.equal(offset.boundMs(), 0)
  early(80, 'c')
  assert.equal(offset.boundMs(), 80)
  early(250, 'c')
  assert.equal(offset.boundMs(), 200)
})

test('one or two liars prove nothing, however much they send', () => {
  const { offset, early, warnings } = scene()
  for (let round = 0; round < 20; round++) {
    early(5_000, 'liar')
    early(4_000, 'friend')
  }
  assert.equal(offset.boundMs(), 0)
  assert.equal(warnings.length, 0)
})

test('blocks in time, late ones, and those of slots far ahead say nothing', () => {
  const { offset, early } = scene()
  for (const sender of ['a', 'b', 'c', 'd']) {
    early(0, sender)
    early(-2_000, sender)
    early(SLOT_MS + 1, sender)
  }
  assert.equal(offset.boundMs(), 0)
})

test('what was shown is forgotten after the window', () => {
  const { clock, offset, early } = scene()
  for (const sender of ['a', 'b', 'c']) early(90, sender)
  assert.equal(offset.boundMs(), 90)
  clock.advance(WINDOW_MS)
  assert.equal(offset.boundMs(), 0)
  early(20, 'a')
  early(20, 'b')
  assert.equal(offset.boundMs(), 0)
  early(20, 'c')
  assert.equal(offset.boundMs(), 20)
})

test('past 100 ms there is a warning, and the next an hour later', () => {
  const { clock, early, warnings } = scene()
  for (const sender of ['a', 'b', 'c']) early(100, sender)
  assert.equal(warnings.length, 0)
  for (let round = 1; round <= 5; round++) for (const sender of ['a', 'b', 'c']) early(100 + round, sender)
  assert.equal(warnings.length, 1)
  assert.equal(warnings[0]?.['behind_ms'], 101)
  clock.advance(3_600_000)
  for (const sender of ['a', 'b', 'c']) early(400, sender)
  assert.equal(warnings.length, 2)
})

test('whatever comes, the bound is never negative, never above what three senders showed', () => {
  const block = fc.record({ ms: fc.integer({ min: -20_000, max: 20_000 }), sender: fc.integer({ min: 0, max: 400 }) })
  fc.assert(
    fc.property(fc.array(block, { maxLength: 2 * MAX_WITNESSES }), (blocks) => {
      const clock = new FakeClock()
      const slotClock = { slotStartMs: (slot: number) => clock.nowMs() + slot }
      const offset = new ClockOffset({ clock, slotClock, slotDurationMs: SLOT_MS, log: pino({ level: 'silent' }) })
      const best = new Map<number, number>()
      for (const { ms, sender } of blocks) {
        offset.onBlock(ms, String(sender))
        if (ms > 0 && ms <= SLOT_MS) best.set(sender, Math.max(ms, best.get(sender) ?? 0))
      }
      const shown = [...best.values()].toSorted((a, b) => b - a)[2] ?? 0
      const boundMs = offset.boundMs()
      assert.ok(boundMs >= 0 && boundMs <= shown)
      if (best.size <= MAX_WITNESSES) assert.equal(boundMs, shown)
    }),
  )
})

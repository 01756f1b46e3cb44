import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { msUntilQuiet } from '../../../src/consensus/quiet-time.ts'

const SLOT_MS = 12_000
const wait = (intoMs: number, slotMs = SLOT_MS): number => msUntilQuiet({ msIntoSlot: () => intoMs }, slotMs)

test('a slot of mainnet is quiet from its tenth second for one and a half', () => {
  assert.deepEqual(
    [0, 4_000, 9_999.5, 10_000, 11_499].map((intoMs) => wait(intoMs)),
    [10_000, 6_000, 1, 0, 0],
  )
  assert.deepEqual(
    [11_500, 11_999].map((intoMs) => wait(intoMs)),
    [10_500, 10_001],
  )
})

test('who waits as long as is said finds it quiet, whatever the length of slots', () => {
  const places = fc.record({
    slotMs: fc.integer({ min: 200, max: 60_000 }),
    share: fc.double({ min: 0, max: 0.999, noNaN: true }),
  })
  fc.assert(
    fc.property(places, ({ slotMs, share }) => {
      const intoMs = share * slotMs
      const waitMs = wait(intoMs, slotMs)
      assert.ok(waitMs >= 0 && waitMs <= slotMs, `${waitMs} ms`)
      assert.equal(wait((intoMs + waitMs) % slotMs, slotMs), 0)
    }),
  )
})

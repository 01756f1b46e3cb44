/** The lane of new attestations: slices, order, bounds, with the turns of the event loop and the time by hand. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InboundLane, SLICE_MS } from '../../../../../src/network-worker/gossip/arrival/inbound-lane.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

interface Item {
  readonly n: number
  readonly fromId: string
  readonly sizeBytes: number
}

/** Each item takes `costMs` to be handled. */
function scene({ costMs = 1, maxItems = 1000, maxBytes = 1_000_000 } = {}) {
  const clock = new FakeClock()
  const handled: number[] = []
  const waited: number[] = []
  const dropped: number[] = []
  /** In whose line an item may wait when it is dropped, once. */
  const heirs = new Map<number, string>()
  let turns: (() => void)[] = []
  const lane = new InboundLane<Item>({
    clock,
    handle: ({ n }) => {
      clock.advance(costMs)
      handled.push(n)
    },
    onWait: ({ n }) => void waited.push(n),
    onDropped: ({ n }) => {
      dropped.push(n)
      const heirId = heirs.get(n)
      heirs.delete(n)
      return heirId
    },
    nextTurn: (run) => void turns.push(run),
    maxItems,
    maxBytes,
  })
  const offer = (from: number, to: number, sizeBytes = 100, fromId = 'a'): void => {
    for (let n = from; n <= to; n++) lane.offer({ n, fromId, sizeBytes })
  }
  const endTurn = (): number => {
    const due = turns
    turns = []
    for (const run of due) run()
    return due.length
  }
  return { clock, lane, handled, waited, dropped, heirs, offer, endTurn }
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

test('idle: each is handled at once, and nothing is left to be done', () => {
  const { clock, lane, handled, waited, offer, endTurn } = scene()
  for (let n = 1; n <= 20; n++) {
    offer(n, n)
    endTurn()
    clock.advance(10)
  }
  assert.deepEqual([handled, waited, lane.length], [upTo(20), [], 0])
  assert.equal(endTurn(), 0)
})

test('a crowd in one turn: a slice of it at once, the rest in slices, in the order in which they came', () => {
  const { lane, handled, offer, endTurn } = scene()
  offer(1, 30)
  assert.deepEqual(handled, upTo(SLICE_MS))
  let most = 0
  for (let turn = 0; lane.length > 0; turn++) {
    const before = handled.length
    if (turn % 3 === 0) offer(31 + turn / 3, 31 + turn / 3)
    endTurn()
    most = Math.max(most, handled.length - before)
    assert.ok(turn <= 100)
  }
  assert.equal(most, SLICE_MS)
  assert.deepEqual(handled, upTo(handled.length))
  assert.equal(lane.bytes, 0)
})

test('while some wait none overtakes them, though the turn has time', () => {
  const { clock, handled, offer, endTurn } = scene({ costMs: SLICE_MS })
  offer(1, 2)
  assert.deepEqual(handled, [1])
  clock.advance(100)
  offer(3, 3)
  assert.deepEqual(handled, [1])
  endTurn()
  endTurn()
  assert.deepEqual(handled, [1, 2, 3])
})

test('beyond the bound on messages, or on bytes, the oldest go', () => {
  const few = scene({ costMs: SLICE_MS, maxItems: 5 })
  few.offer(1, 10)
  assert.deepEqual([few.handled, few.dropped, few.lane.length], [[1], [2, 3, 4, 5], 5])
  const small = scene({ costMs: SLICE_MS, maxBytes: 500 })
  small.offer(1, 10, 100)
  small.offer(11, 11, 350)
  assert.deepEqual([small.lane.bytes, small.lane.length], [450, 2])
  assert.deepEqual(small.dropped, [2, 3, 4, 5, 6, 7, 8, 9])
})

test('one that is larger than the lane is dropped itself', () => {
  const { lane, dropped, offer } = scene({ costMs: SLICE_MS, maxBytes: 500 })
  offer(1, 2)
  offer(3, 3, 600)
  assert.deepEqual([dropped, lane.length, lane.bytes], [[2, 3], 0, 0])
})

test('cleared, it handles nothing more and asks for no more turns', () => {
  const { lane, handled, dropped, offer, endTurn } = scene()
  offer(1, 10)
  lane.clear()
  assert.equal(dropped.length, 10 - SLICE_MS)
  endTurn()
  assert.equal(endTurn(), 0)
  assert.deepEqual([handled.length, lane.length, lane.bytes], [SLICE_MS, 0, 0])
})

test('peers take turns: who sends little does not wait behind who sends much', () => {
  const { handled, offer, endTurn } = scene({ costMs: SLICE_MS })
  offer(1, 100)
  offer(201, 202, 100, 'b')
  for (let turn = 0; turn < 4; turn++) endTurn()
  assert.deepEqual(handled, [1, 2, 201, 3, 202])
  for (let turn = 0; turn < 200; turn++) endTurn()
  assert.deepEqual(
    handled.filter((n) => n <= 100),
    upTo(100),
  )
})

test('a peer that fills the lane loses its own oldest, and nobody else any', () => {
  for (const [bounds, sizeBytes] of [
    [{ maxItems: 50 }, 1],
    [{ maxBytes: 5000 }, 100],
  ] as const) {
    const { lane, dropped, handled, offer, endTurn } = scene({ costMs: SLICE_MS, ...bounds })
    offer(1, 3, sizeBytes, 'few')
    offer(101, 300, sizeBytes, 'many')
    offer(4, 10, sizeBytes, 'few')
    assert.equal(lane.length, 50)
    assert.ok(dropped.every((n) => n > 100))
    while (lane.length > 0) endTurn()
    assert.deepEqual(
      handled.filter((n) => n <= 100),
      upTo(10),
    )
    assert.deepEqual([lane.bytes, handled.at(-1)], [0, 300])
  }
})

test('one for which there is no more room in a line may wait in another', () => {
  const { lane, dropped, handled, heirs, offer, endTurn } = scene({ costMs: SLICE_MS, maxItems: 10 })
  heirs.set(2, 'other')
  offer(1, 20, 100, 'many')
  assert.equal(lane.length, 10)
  endTurn()
  endTurn()
  assert.ok(handled.includes(2))
  while (lane.length > 0) endTurn()
  assert.deepEqual([lane.bytes, dropped.length - 1 + handled.length], [0, 20])
})

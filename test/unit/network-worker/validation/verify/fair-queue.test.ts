import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FairQueue } from '../../../../../src/network-worker/validation/verify/fair-queue.ts'

const ROOM = { maxItems: 100, maxBytes: 1000 }

/** Takes all that waits. */
function drain<Item>(queue: FairQueue<Item>): Item[] {
  const items: Item[] = []
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) items.push(item)
  return items
}

test('sources take turns, each in the order in which it came', () => {
  const queue = new FairQueue<string>(ROOM)
  for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) queue.push(item.slice(0, 1), item, 1)
  assert.equal(queue.peek(), 'a1')
  assert.deepEqual(drain(queue), ['a1', 'b1', 'c1', 'a2', 'c2', 'a3'])
  assert.deepEqual([queue.length, queue.bytes, queue.peek()], [0, 0, undefined])
})

test('what is removed has no turn, and leaves its room', () => {
  const queue = new FairQueue<string>({ maxItems: 3, maxBytes: 1000 })
  for (const item of ['a1', 'a2', 'b1']) queue.push(item.slice(0, 1), item, 10)
  assert.equal(queue.remove('a', 'a1'), true)
  assert.equal(queue.remove('a', 'a1'), false, 'once')
  assert.equal(queue.remove('a', 'b1'), false, "another's")
  assert.equal(queue.remove('c', 'c1'), false)
  assert.deepEqual([queue.length, queue.bytes], [2, 20])
  assert.deepEqual(queue.push('c', 'c1', 10), [], 'there is room again')
  assert.equal(queue.remove('b', 'b1'), true)
  assert.deepEqual(drain(queue), ['a2', 'c1'])
  assert.deepEqual([queue.length, queue.bytes], [0, 0])
})

test('without room the longest line loses its newest, by items or by bytes', () => {
  const items = new FairQueue<string>({ maxItems: 3, maxBytes: 1000 })
  for (const item of ['a1', 'a2', 'a3']) assert.deepEqual(items.push('a', item, 1), [])
  assert.deepEqual(items.push('a', 'a4', 1), ['a4'])
  assert.deepEqual(items.push('b', 'b1', 1), ['a3'])
  const bytes = new FairQueue<string>({ maxItems: 1000, maxBytes: 100 })
  bytes.push('a', 'large', 90)
  assert.deepEqual(bytes.push('b', 'small', 20), ['large'])
  assert.deepEqual(bytes.push('b', 'too large', 101), ['too large'])
  assert.deepEqual(drain(bytes), ['small'])
})

test('whatever comes and goes, bounds hold, nothing is lost untold, and no line waits for another twice', () => {
  const step = fc.record({
    source: fc.constantFrom('a', 'b', 'c', 'd'),
    bytes: fc.integer({ min: 1, max: 60 }),
    takes: fc.nat(2),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const queue = new FairQueue<number>({ maxItems: 8, maxBytes: 120 })
      const waiting = new Map<number, string>()
      for (const [id, { source, bytes, takes }] of steps.entries()) {
        waiting.set(id, source)
        for (const gone of queue.push(source, id, bytes)) assert.ok(waiting.delete(gone))
        assert.ok(queue.length <= 8 && queue.bytes <= 120)
        for (let take = 0; take < takes; take++) {
          const item = queue.shift()
          if (item !== undefined) assert.ok(waiting.delete(item))
        }
        assert.equal(queue.length, waiting.size)
      }
      const lines = new Set(waiting.values()).size
      const order = drain(queue).map((id) => waiting.get(id))
      assert.equal(order.length, waiting.size)
      assert.equal(new Set(order.slice(0, lines)).size, lines)
    }),
  )
})

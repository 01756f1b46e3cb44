import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { SeenIds } from '../../../../../src/network-worker/gossip/ids/seen-ids.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

const TTL_MS = 768_000

function id(n: number): string {
  return createHash('sha256').update(`${n}`).digest('hex').slice(0, 40)
}

test('an id is known for its time, and for a quarter more at most', () => {
  const clock = new FakeClock()
  const seen = new SeenIds({ clock, ttlMs: TTL_MS })
  for (let offsetMs = 0; offsetMs < TTL_MS; offsetMs += 10_000) {
    seen.put(id(offsetMs))
    clock.advance(10_000)
    seen.prune()
    assert.ok(seen.has(id(0)), `forgotten after ${offsetMs} ms`)
  }
  clock.advance(TTL_MS / 4)
  seen.prune()
  assert.ok(!seen.has(id(0)))
  assert.ok(seen.has(id(760_000)))
  assert.equal(seen.dropped, 0)
})

test('says whether an id was there', () => {
  const seen = new SeenIds({ clock: new FakeClock(), ttlMs: TTL_MS })
  assert.equal(seen.put(id(1)), false)
  assert.equal(seen.put(id(1)), true)
  assert.equal(seen.size, 1)
})

test('a long silence empties it', () => {
  const clock = new FakeClock()
  const seen = new SeenIds({ clock, ttlMs: TTL_MS })
  for (let n = 0; n < 100; n++) seen.put(id(n))
  clock.advance(10 * TTL_MS)
  seen.prune()
  assert.equal(seen.size, 0)
})

test('never holds more than its bound, keeps the newest, and counts what it dropped early', () => {
  const seen = new SeenIds({ clock: new FakeClock(), ttlMs: TTL_MS, maxIds: 1000 })
  for (let n = 0; n < 10_000; n++) {
    seen.put(id(n))
    assert.ok(seen.size <= 1000)
  }
  for (let n = 9300; n < 10_000; n++) assert.ok(seen.has(id(n)))
  assert.equal(seen.dropped, 10_000 - seen.size)
})

test('a million ids cost less than 48 MB', () => {
  const seen = new SeenIds({ clock: new FakeClock(), ttlMs: TTL_MS })
  const before = process.memoryUsage().arrayBuffers
  for (let n = 0; n < 1_000_000; n++) {
    const high = Math.imul(n, 0x9e3779b1) >>> 0
    const low = Math.imul(n ^ 0x5bd1e995, 0x85ebca6b) >>> 0
    seen.put(`${high.toString(16).padStart(8, '0')}${low.toString(16).padStart(8, '0')}${'0'.repeat(24)}`)
  }
  assert.equal(seen.size, 1_000_000)
  globalThis.gc?.()
  assert.ok(process.memoryUsage().arrayBuffers - before < 48e6)
})

test('what is forgotten is new again, in whichever generation it was', () => {
  const clock = new FakeClock()
  const seen = new SeenIds({ clock, ttlMs: TTL_MS })
  seen.put(id(1))
  clock.advance(TTL_MS / 2)
  seen.put(id(2))
  for (const n of [1, 2, 3]) seen.delete(id(n))
  assert.deepEqual([seen.has(id(1)), seen.has(id(2)), seen.size], [false, false, 0])
  assert.equal(seen.put(id(1)), false)
})

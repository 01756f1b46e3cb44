import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import {
  BufferCollection,
  bufferCollection,
  COLLECTED_AFTER_BYTES,
} from '../../../../src/network-worker/host/buffer-collection.ts'

const FRAME_BYTES = 65_536

function scene() {
  const waiting: (() => void)[] = []
  const counts = { collected: 0 }
  const collection = new BufferCollection({ collect: () => counts.collected++, later: (run) => waiting.push(run) })
  const turn = () => {
    for (const run of waiting.splice(0)) run()
  }
  return { collection, counts, turn, waiting }
}

describe('the collection of buffers', () => {
  test('comes once for so many bytes, in another turn', () => {
    const { collection, counts, turn, waiting } = scene()
    for (let bytes = 0; bytes < COLLECTED_AFTER_BYTES; bytes += FRAME_BYTES) collection.count(FRAME_BYTES)
    collection.count(FRAME_BYTES)
    assert.equal(counts.collected, 0, 'not while frames are being made')
    assert.equal(waiting.length, 1)
    turn()
    assert.equal(counts.collected, 1)
    collection.count(FRAME_BYTES)
    assert.equal(waiting.length, 0, 'counted anew')
  })

  test('is nothing that short frames bring about', () => {
    const { collection, waiting } = scene()
    for (let i = 0; i < 100_000; i++) collection.count(240)
    assert.equal(waiting.length, 0)
  })

  test('frees what nobody holds any more, and leaves the thread without a way to call it', async () => {
    const collection = bufferCollection()
    assert.equal('gc' in globalThis && globalThis.gc !== undefined, false)
    const before = process.memoryUsage().arrayBuffers
    let made = 0
    while (made < 2 * COLLECTED_AFTER_BYTES) {
      made += new ArrayBuffer(FRAME_BYTES).byteLength
      collection.count(FRAME_BYTES)
    }
    await turn()
    await turn()
    const held = process.memoryUsage().arrayBuffers - before
    assert.ok(held < made / 2, `${held} bytes of ${made} are still held`)
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import {
  BufferCollection,
  bufferCollection,
  COLLECTED_AFTER_BYTES,
} from '../../../../src/network-worker/host/buffer-collection.ts'
import { until } from '../../../support/until.ts'

const FRAME_BYTES = 65_536

function scene() {
  const waiting: (() => void)[] = []
  const state = { collected: 0, externalBytes: 20_000_000 }
  const collection = new BufferCollection({
    externalBytes: () => state.externalBytes,
    collect: () => state.collected++,
    later: (run) => waiting.push(run),
  })
  const turn = () => {
    for (const run of waiting.splice(0)) run()
  }
  return { collection, state, turn, waiting }
}

describe('the collection of buffers', () => {
  test('comes once for so much growth, in another turn', () => {
    const { collection, state, turn, waiting } = scene()
    state.externalBytes += COLLECTED_AFTER_BYTES - 1
    collection.count(FRAME_BYTES)
    assert.equal(waiting.length, 0)
    state.externalBytes += 1
    collection.count(FRAME_BYTES)
    collection.count(FRAME_BYTES)
    assert.equal(state.collected, 0, 'not while arrays are being made')
    assert.equal(waiting.length, 1)
    turn()
    assert.equal(state.collected, 1)
    collection.count(FRAME_BYTES)
    assert.equal(waiting.length, 0, 'what was not freed does not count again')
  })

  test('what is freed after a collection is growth when it is made again', () => {
    const { collection, state, waiting } = scene()
    state.externalBytes -= 3_000_000
    collection.count(FRAME_BYTES)
    state.externalBytes += COLLECTED_AFTER_BYTES
    collection.count(FRAME_BYTES)
    assert.equal(waiting.length, 1)
  })

  test('is nothing that short frames bring about', () => {
    const { collection, state, waiting } = scene()
    state.externalBytes *= 2
    for (let i = 0; i < 100_000; i++) collection.count(240)
    assert.equal(waiting.length, 0)
  })

  test('is brought about by short arrays that are no part of a slab', () => {
    const { collection, state, waiting } = scene()
    state.externalBytes += COLLECTED_AFTER_BYTES
    for (let i = 0; i < 31; i++) collection.countOwn(4096)
    assert.equal(waiting.length, 0, 'looked at once in a while')
    collection.countOwn(4096)
    assert.equal(waiting.length, 1)
  })

  test('frees what nobody holds any more, and leaves the thread without a way to call it', async () => {
    const collection = bufferCollection()
    assert.equal(bufferCollection(), collection, 'one for all that a thread does')
    assert.equal('gc' in globalThis && globalThis.gc !== undefined, false)
    const before = process.memoryUsage().arrayBuffers
    let made = 0
    while (made < 2 * COLLECTED_AFTER_BYTES) {
      made += new ArrayBuffer(FRAME_BYTES).byteLength
      collection.count(FRAME_BYTES)
    }
    await turn()
    // V8 frees the memory behind dead arrays on a thread of its own.
    await until('half of it is freed', () => process.memoryUsage().arrayBuffers - before < made / 2)
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import {
  BufferCollection,
  bufferCollection,
  COLLECTED_AFTER_BYTES,
} from '../../../../src/network-worker/host/buffer-collection.ts'
import { until } from '../../../support/until.ts'

/** As many as are counted between two looks. */
const LOOKED_AT_BYTES = 131_072

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
    collection.count(LOOKED_AT_BYTES)
    assert.equal(waiting.length, 0)
    state.externalBytes += 1
    collection.count(LOOKED_AT_BYTES)
    collection.count(LOOKED_AT_BYTES)
    assert.equal(state.collected, 0, 'not while arrays are being made')
    assert.equal(waiting.length, 1)
    turn()
    assert.equal(state.collected, 1)
    collection.count(LOOKED_AT_BYTES)
    assert.equal(waiting.length, 0, 'what was not freed does not count again')
  })

  test('what is freed after a collection is growth when it is made again', () => {
    const { collection, state, waiting } = scene()
    state.externalBytes -= 3_000_000
    collection.count(LOOKED_AT_BYTES)
    state.externalBytes += COLLECTED_AFTER_BYTES
    collection.count(LOOKED_AT_BYTES)
    assert.equal(waiting.length, 1)
  })

  test('looks once for many arrays, however short they are', () => {
    const { collection, state, waiting } = scene()
    state.externalBytes += COLLECTED_AFTER_BYTES
    for (let i = 0; i < 31; i++) collection.count(4096)
    assert.equal(waiting.length, 0, 'looked at once in a while')
    collection.count(4096)
    assert.equal(waiting.length, 1)
  })

  test('frees what nobody holds any more, and leaves the thread without a way to call it', async () => {
    const collection = bufferCollection()
    assert.equal(bufferCollection(), collection, 'one for all that a thread does')
    assert.equal('gc' in globalThis && globalThis.gc !== undefined, false)
    const before = process.memoryUsage().arrayBuffers
    let made = 0
    while (made < 2 * COLLECTED_AFTER_BYTES) {
      made += new ArrayBuffer(LOOKED_AT_BYTES).byteLength
      collection.count(LOOKED_AT_BYTES)
    }
    await turn()
    // V8 frees the memory behind dead arrays on a thread of its own.
    await until('half of it is freed', () => process.memoryUsage().arrayBuffers - before < made / 2)
  })
})

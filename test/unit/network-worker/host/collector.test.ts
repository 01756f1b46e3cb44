import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { setV8Flags } from '../../../../src/main/v8-flags.ts'
import { collector } from '../../../../src/network-worker/host/collector.ts'
import { until } from '../../../support/until.ts'
import { isCompiled, neverCompile } from '../../../support/v8-compiling.ts'
import { collectAll, growHeap, isGrown, muchToHold, untilFreed } from '../../../support/whole-heap.ts'

/** After which V8 has marked, and another collection may begin. */
const APART_MS = 250
const COLLECTIONS = 5
/** V8 may ask what is alive just before it comes to it, which is about one of a hundred times. */
const LEAST_KEPT = 3

class Cursor {
  at: number
  constructor(at: number) {
    this.at = at
  }
  move(): number {
    this.at += 1
    return this.at
  }
}

/** Of a new object each, which nobody holds afterwards. */
function move(times: number): void {
  for (let i = 0; i < times; i++) assert.equal(new Cursor(i).move(), i + 1)
}

describe('a collection of the whole heap', () => {
  setV8Flags()
  const held = muchToHold()

  test('frees old objects beside what the thread does, and no young collection makes it a pause', async () => {
    collectAll()
    const restBytes = growHeap()
    collector().whole()
    collector().young()
    collector().whole()
    assert.ok(isGrown(restBytes), 'not at once')
    await untilFreed(restBytes)
    await sleep(APART_MS)
    assert.equal(held.length, 3)
  })

  test('leaves compiled code, though no object is there for which it was made', async () => {
    // Or it takes the method in, which is then compiled with it and not for itself.
    neverCompile(move)
    const method = Cursor.prototype.move
    let kept = 0
    for (let count = 0; count < COLLECTIONS; count++) {
      await until('it is compiled', () => {
        move(1000)
        return isCompiled(method)
      })
      const restBytes = growHeap()
      collector().whole()
      await untilFreed(restBytes)
      move(1)
      if (isCompiled(method)) kept++
      await sleep(APART_MS)
    }
    assert.ok(kept >= LEAST_KEPT, `after ${kept} of ${COLLECTIONS}`)
    assert.equal(held.length, 3)
  })
})

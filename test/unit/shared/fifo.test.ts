import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Fifo } from '../../../src/shared/fifo.ts'

test('property: it is an array with push and shift, whatever the order of calls', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 1500 }), fc.integer({ min: 0, max: 1500 })), { maxLength: 8 }),
      (rounds) => {
        const fifo = new Fifo<number>()
        const model: number[] = []
        let next = 0
        for (const [pushes, shifts] of rounds) {
          for (let i = 0; i < pushes; i++) {
            fifo.push(next)
            model.push(next++)
          }
          for (let i = 0; i < shifts; i++) assert.equal(fifo.shift(), model.shift())
          assert.equal(fifo.length, model.length)
        }
        while (model.length > 0) assert.equal(fifo.shift(), model.shift())
        assert.equal(fifo.shift(), undefined)
        assert.equal(fifo.length, 0)
      },
    ),
    { numRuns: 60 },
  )
})

test('items may be undefined and are still counted', () => {
  const fifo = new Fifo<undefined>()
  fifo.push(undefined)
  fifo.push(undefined)
  assert.equal(fifo.length, 2)
  fifo.shift()
  assert.equal(fifo.length, 1)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { IdTable } from '../../../../../src/network-worker/gossip/ids/id-table.ts'

const half = fc.integer({ min: 0, max: 0xffffffff })

test('holds exactly the keys it was given, through doublings', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(half, half), { maxLength: 3000 }), fc.tuple(half, half), (keys, other) => {
      const table = new IdTable()
      const model = new Set<string>()
      for (const [high, low] of keys) {
        const name = `${high}:${low}`
        assert.equal(table.add(high, low), !model.has(name))
        model.add(name)
      }
      assert.equal(table.size, model.size)
      for (const [high, low] of keys) assert.ok(table.has(high, low))
      assert.equal(table.has(...other), model.has(`${other[0]}:${other[1]}`))
    }),
    // (0, 0) and (0, 1) share a slot by design; the random halves above never meet it but by a chance of 2^-63.
    { numRuns: 50 },
  )
})

test('keys that share their low half are kept apart', () => {
  const table = new IdTable()
  for (let high = 0; high < 5000; high++) assert.ok(table.add(high, 7))
  for (let high = 0; high < 5000; high++) assert.ok(table.has(high, 7))
  assert.ok(!table.has(5000, 7))
})

test('the empty key is a key like any other', () => {
  const table = new IdTable()
  assert.ok(!table.has(0, 0))
  assert.ok(table.add(0, 0))
  assert.ok(table.has(0, 0))
  assert.ok(!table.add(0, 0))
})

test('what is taken out is gone and all else is still found, though keys crowd', () => {
  const crowded = fc.tuple(fc.nat(3), fc.oneof(fc.nat(20), fc.constantFrom(1022, 1023, 1024, 2047, 0xffffffff)))
  const step = fc.record({ key: crowded, isAdded: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const table = new IdTable()
      const model = new Map<string, readonly [number, number]>()
      for (const { key, isAdded } of steps) {
        // (0, 0) is taken for (0, 1).
        const [high, low] = key[0] === 0 && key[1] === 0 ? [0, 1] : key
        const name = `${high}:${low}`
        if (isAdded) assert.equal(table.add(...key), !model.has(name))
        else assert.equal(table.delete(...key), model.has(name))
        if (isAdded) model.set(name, [high, low])
        else model.delete(name)
        assert.equal(table.size, model.size)
        for (const known of model.values()) assert.ok(table.has(...known))
      }
    }),
  )
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { findSaturation, type SearchBounds } from '../../../bench/macro/saturation-search.ts'

const BOUNDS: SearchBounds = { from: 3_000, lowest: 200, highest: 100_000, factor: 1.5, precision: 1.06 }

/** Something that sustains `capacity` a second and no more, and the rates it was tried at. */
function limitedTo(capacity: number): { tried: number[]; isSustained: (rate: number) => Promise<boolean> } {
  const tried: number[] = []
  const isSustained = (rate: number): Promise<boolean> => {
    tried.push(rate)
    return Promise.resolve(rate <= capacity)
  }
  return { tried, isSustained }
}

test('the limit lies between the two rates, which are as near as asked', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 300, max: 60_000 }), async (capacity) => {
      const { tried, isSustained } = limitedTo(capacity)
      const { sustained = 0, failed = 0 } = await findSaturation(isSustained, BOUNDS)
      assert.ok(sustained <= capacity && capacity < failed, `${capacity} is not in [${sustained}, ${failed})`)
      assert.ok(failed / sustained <= BOUNDS.precision)
      assert.ok(tried.length <= 16, `${tried.length} trials`)
      assert.equal(new Set(tried).size, tried.length)
    }),
  )
})

test('a first rate that fails is followed by lower ones', async () => {
  const { tried, isSustained } = limitedTo(1_500)
  await findSaturation(isSustained, BOUNDS)
  assert.deepEqual(tried.slice(0, 3), [3_000, 2_000, 1_333])
})

test('what fails even at the lowest rate sustains none', async () => {
  const { tried, isSustained } = limitedTo(0)
  const { sustained, failed } = await findSaturation(isSustained, BOUNDS)
  assert.equal(sustained, undefined)
  assert.equal(failed, tried.at(-1))
  assert.ok(tried.every((rate) => rate >= BOUNDS.lowest))
})

test('what sustains even the highest rate has failed at none', async () => {
  const { tried, isSustained } = limitedTo(Number.POSITIVE_INFINITY)
  const { sustained, failed } = await findSaturation(isSustained, BOUNDS)
  assert.equal(failed, undefined)
  assert.equal(sustained, tried.at(-1))
  assert.ok(tried.every((rate) => rate <= BOUNDS.highest))
})

test('a precision finer than whole numbers ends all the same', async () => {
  const { isSustained } = limitedTo(3)
  const bounds = { from: 2, lowest: 1, highest: 10, factor: 2, precision: 1 }
  assert.deepEqual(await findSaturation(isSustained, bounds), { sustained: 3, failed: 4 })
})

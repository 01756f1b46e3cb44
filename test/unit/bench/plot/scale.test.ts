import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { acrossValues, fromZero, logarithmic } from '../../../../bench/plot/scale.ts'

describe('the scales of a drawing', () => {
  it('begin at 0 and end at a round number', () => {
    assert.deepEqual(fromZero([3, 37]).ticks, [0, 10, 20, 30, 40])
    assert.equal(fromZero([3, 37]).place(20), 0.5)
    assert.deepEqual(fromZero([]).ticks, [0, 0.25, 0.5, 0.75, 1])
  })

  it('begin below 0 where values do, at a round number too', () => {
    assert.deepEqual(fromZero([-7, 37]).ticks, [-20, 0, 20, 40])
    assert.equal(fromZero([-7, 37]).place(10), 0.5)
    assert.deepEqual(fromZero([-3, -1]).ticks, [-3, -2, -1, 0])
  })

  it('go from the smallest to the largest value with round numbers between', () => {
    assert.deepEqual(acrossValues([10, 16, 32, 64]).ticks, [10, 20, 30, 40, 50, 60])
    assert.equal(acrossValues([10, 64]).place(10), 0)
    assert.equal(acrossValues([10, 64]).place(64), 1)
    assert.equal(acrossValues([7]).place(7), 0.5)
  })

  it('go by 1, 2, 5 and 10, or by powers of ten when there are many', () => {
    assert.deepEqual(logarithmic([3, 80]).ticks, [2, 5, 10, 20, 50, 100])
    assert.deepEqual(logarithmic([0.03, 812]).ticks, [0.1, 1, 10, 100, 1000])
    assert.ok(Math.abs(logarithmic([1, 100]).place(10) - 0.5) < 1e-9)
    assert.equal(logarithmic([3, 80]).place(0), 0)
  })

  it('hold 0 and all values where some are below it', () => {
    const values = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1 })
    fc.assert(
      fc.property(values, (list) => {
        const { place, ticks } = fromZero(list)
        assert.ok(ticks.includes(0) && ticks.length <= 8, ticks.join())
        for (const value of list) assert.ok(place(value) >= -1e-9 && place(value) <= 1 + 1e-9, `${place(value)}`)
      }),
    )
  })

  it('place every value they were made for between 0 and 1, with few ticks in ascending order', () => {
    const values = fc.array(fc.double({ min: 0, max: 1e12, noNaN: true }), { minLength: 1 })
    fc.assert(
      fc.property(values, fc.constantFrom(fromZero, acrossValues, logarithmic), (list, scaleOf) => {
        const { place, ticks } = scaleOf(list)
        for (const value of list) assert.ok(place(value) >= 0 && place(value) <= 1 + 1e-9, `${place(value)}`)
        assert.ok(ticks.length <= 17, `${ticks.length} ticks`)
        assert.deepEqual(
          ticks,
          [...ticks].sort((a, b) => a - b),
        )
      }),
    )
  })
})

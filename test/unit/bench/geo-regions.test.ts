import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  placeNodes,
  REGIONS,
  regionIndex,
  regionName,
  roundTripMs,
  roundTripTable,
} from '../../../bench/macro/geo-regions.ts'

const index = fc.nat(REGIONS.length - 1)

describe('the regions of geo', () => {
  it('are as far from each other one way as the other, and nearest to themselves', () => {
    assert.equal(roundTripMs(regionIndex('Frankfurt'), regionIndex('Virginia')), 94)
    assert.equal(roundTripMs(regionIndex('Sydney'), regionIndex('Tokyo')), 103)
    fc.assert(
      fc.property(index, index, (one, other) => {
        assert.equal(roundTripMs(one, other), roundTripMs(other, one))
        if (one !== other) assert.ok(roundTripMs(one, other) > roundTripMs(one, one))
      }),
    )
  })

  it('are in the table each with each', () => {
    const table = roundTripTable()
    assert.equal(table.length, REGIONS.length)
    for (const [one, row] of table.entries()) {
      assert.deepEqual(
        row,
        REGIONS.map((_, other) => roundTripMs(one, other)),
      )
    }
  })

  it('have names, and no more than there are', () => {
    for (const [place, { name }] of REGIONS.entries()) assert.equal(regionName(regionIndex(name)), regionName(place))
    assert.throws(() => regionName(REGIONS.length), RangeError)
    assert.throws(() => roundTripMs(0, REGIONS.length), RangeError)
  })

  it('share the nodes out, sixty as they say', () => {
    const of = (nodes: readonly number[]): readonly number[] =>
      REGIONS.map((_, region) => nodes.filter((one) => one === region).length)
    assert.deepEqual(
      of(placeNodes(60)),
      REGIONS.map(({ nodes }) => nodes),
    )
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), (count) => {
        const places = of(placeNodes(count))
        assert.equal(
          places.reduce((sum, one) => sum + one, 0),
          count,
        )
        for (const [region, nodes] of places.entries()) {
          assert.ok(Math.abs(nodes - ((REGIONS[region]?.nodes ?? 0) * count) / 60) < 1)
        }
      }),
    )
  })
})

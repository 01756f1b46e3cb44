import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { peersByBand, SCORE_BANDS, scoreBand } from '../../../../../src/network-worker/gossip/score/score-bands.ts'

test('a score at a threshold is above it, as upstream compares', () => {
  const bands: readonly (readonly [number, string])[] = [
    [Number.NEGATIVE_INFINITY, 'graylisted'],
    [-16_000.1, 'graylisted'],
    [-16_000, 'below_publish'],
    [-8_000.1, 'below_publish'],
    [-8_000, 'below_gossip'],
    [-4_000.1, 'below_gossip'],
    [-4_000, 'negative'],
    [-Number.MIN_VALUE, 'negative'],
    [-0, 'zero'],
    [0, 'zero'],
    [Number.MIN_VALUE, 'positive'],
    [107.5, 'positive'],
  ]
  for (const [score, band] of bands) assert.equal(scoreBand(score), band, String(score))
})

test('every peer is in one band, and the bands are always all there, worst first', () => {
  const scores = fc.array(fc.double({ noNaN: true, min: -50_000, max: 200 }))
  fc.assert(
    fc.property(scores, (list) => {
      const counts = peersByBand([...list.keys()].map(String), (index) => list[Number(index)] ?? 0)
      assert.deepEqual(Object.keys(counts), [...SCORE_BANDS])
      const worstFirst = list.toSorted((a, b) => a - b).map(scoreBand)
      const listed = Object.entries(counts).flatMap(([band, peers]) => Array.from({ length: peers }, () => band))
      assert.deepEqual(listed, worstFirst)
    }),
  )
})

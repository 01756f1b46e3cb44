import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blockClassFigures, geoFigures, pairedArrivals } from '../../../bench/macro/geo-figures.ts'
import { REGIONS, type RegionName, regionIndex, roundTripMs } from '../../../bench/macro/geo-regions.ts'
import type { GeoBlock, GeoRunResult } from '../../support/go-geo.ts'

const FRANKFURT = regionIndex('Frankfurt')

function block(from: RegionName, slot: number, times: Partial<GeoBlock>): GeoBlock {
  const publisher = REGIONS.findIndex(({ name }) => name === from)
  const never = { defaultDueMs: null, relayDueMs: null, defaultMs: null, tapMs: null }
  return { publisher, slot, publishedUnixMs: 1000 * slot, ...never, served: 2, ...times }
}

const result: GeoRunResult = {
  blocks: [
    block('Tokyo', 1, { defaultDueMs: 198, relayDueMs: 146, defaultMs: 200, tapMs: 150 }),
    block('London', 2, { defaultDueMs: 29, relayDueMs: 18, defaultMs: 30, tapMs: 20 }),
    block('Tokyo', 3, { tapMs: 160, served: 5 }),
  ],
  ...{ wireBytes: 67_000, maxLagMs: 1, defaultMesh: 8 },
}

test('arrivals are told by where the blocks came from, what never came as NaN', () => {
  assert.deepEqual(pairedArrivals(result.blocks), [
    { from: 'Tokyo', relayMs: [150, 160], otherMs: [200, Number.NaN] },
    { from: 'London', relayMs: [20], otherMs: [30] },
  ])
})

test('blocks are a class of messages as the tap had them', () => {
  const { name, published, delivered, p50Ms, maxMs } = blockClassFigures(result)
  assert.deepEqual(
    { name, published, delivered, p50Ms, maxMs },
    {
      ...{ name: 'block', published: 3, delivered: 3, p50Ms: 150, maxMs: 160 },
    },
  )
  const lost = { ...result, blocks: [block('London', 2, {})] }
  assert.equal(blockClassFigures(lost).delivered, 0)
  assert.equal(blockClassFigures(lost).p50Ms, Number.NaN)
})

test("the default node's figures stand beside the relay's own word of first bytes and first senders", () => {
  const nodes = [
    { peerId: 'near', region: FRANKFURT, address: '' },
    { peerId: 'far', region: regionIndex('Virginia'), address: '' },
  ]
  const arrival = (slot: number, firstPeerId: string, ms: number) => ({
    ...{ slot, firstPeerId, rootHex: '', atMs: 1000 * slot + ms },
  })
  const arrivals = [arrival(1, 'near', 148), arrival(2, 'far', 18), arrival(9, 'far', 1)]
  assert.deepEqual(geoFigures(result, { arrivals, nodes, home: FRANKFURT }), {
    ...{ defaultP50Ms: 30, defaultP99Ms: 200, defaultLacks: 1, defaultMesh: 8 },
    firstBytesP50Ms: 83,
    firstSenderRttMs: (roundTripMs(FRANKFURT, FRANKFURT) + 94) / 2,
    ...{ dueEarlierMs: 31.5, relayTookMs: 3, defaultTookMs: 1.5 },
    servedPeersPerBlock: 3,
  })
})

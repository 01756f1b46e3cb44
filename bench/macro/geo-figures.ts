/** What a run of `geo` comes to, as results keep it. */
import type { BlockArrival } from '../../test/clients/block-arrivals.ts'
import type { GeoBlock, GeoNode, GeoRunResult } from '../../test/support/go-geo.ts'
import type { ClassFigures, PairedArrivals } from '../run-record.ts'
import { median } from '../statistics.ts'
import { regionName, roundTripMs } from './geo-regions.ts'

/** `publishers` of the scene are the regions in their order. */
const originOf = ({ publisher }: GeoBlock): string => regionName(publisher)

const msOf = (ms: number | null): number => ms ?? Number.NaN

/** The arrivals of blocks from each region. */
export function pairedArrivals(blocks: readonly GeoBlock[]): readonly PairedArrivals[] {
  return [...Map.groupBy(blocks, originOf)].map(([from, own]) => ({
    from,
    relayMs: own.map(({ tapMs }) => msOf(tapMs)),
    otherMs: own.map(({ defaultMs }) => msOf(defaultMs)),
  }))
}

/** Blocks as the tap got them from the relay, as a class of messages. */
export function blockClassFigures({ blocks, wireBytes }: GeoRunResult): ClassFigures {
  const arrived = landed(blocks.map(({ tapMs }) => tapMs))
  const at = (fraction: number): number => percentile(arrived, fraction)
  return {
    ...{ name: 'block', published: blocks.length, expected: blocks.length, delivered: arrived.length },
    ...{ duplicates: 0, wireBytes },
    ...{ p50Ms: at(0.5), p90Ms: at(0.9), p99Ms: at(0.99), maxMs: at(1) },
  }
}

/** What the relay says itself: when it had the first bytes of a block, and from whom. */
export interface OwnWord {
  readonly arrivals: readonly BlockArrival[]
  readonly nodes: readonly GeoNode[]
  /** Region of the relay. */
  readonly home: number
}

/** The default node's figures, and the relay's own word, for a run's `more`. */
export function geoFigures(
  { blocks, defaultMesh }: GeoRunResult,
  { arrivals, nodes, home }: OwnWord,
): Readonly<Record<string, number>> {
  const regions = new Map(nodes.map(({ peerId, region }) => [peerId, region]))
  const bySlot = new Map(arrivals.map((arrival) => [arrival.slot, arrival]))
  const told = blocks.flatMap((block) => {
    const arrival = bySlot.get(block.slot)
    return arrival === undefined ? [] : [{ block, arrival }]
  })
  const firstRtts = told.flatMap(({ arrival }) => {
    const region = regions.get(arrival.firstPeerId)
    return region === undefined ? [] : [roundTripMs(home, region)]
  })
  const byDefault = landed(blocks.map(({ defaultMs }) => defaultMs))
  return {
    defaultP50Ms: percentile(byDefault, 0.5),
    defaultP99Ms: percentile(byDefault, 0.99),
    defaultLacks: blocks.length - byDefault.length,
    defaultMesh,
    firstBytesP50Ms: rounded(median(told.map(({ block, arrival }) => arrival.atMs - block.publishedUnixMs))),
    firstSenderRttMs: median(firstRtts),
    ...whereItIsWon(blocks),
    servedPeersPerBlock: blocks.reduce((sum, { served }) => sum + served, 0) / blocks.length,
  }
}

/**
 * How much earlier the relay was for whom it has in its mesh, whatever it then took; and what each took from when the first copy
 * would have been there by the network alone, the tap's part included.
 */
function whereItIsWon(blocks: readonly GeoBlock[]): Readonly<Record<string, number>> {
  const medianOf = (from: (block: GeoBlock) => number | null, to: (block: GeoBlock) => number | null): number =>
    rounded(median(blocks.map((block) => msOf(to(block)) - msOf(from(block))).filter(Number.isFinite)))
  return {
    dueEarlierMs: medianOf(
      ({ relayDueMs }) => relayDueMs,
      ({ defaultDueMs }) => defaultDueMs,
    ),
    relayTookMs: medianOf(
      ({ relayDueMs }) => relayDueMs,
      ({ tapMs }) => tapMs,
    ),
    defaultTookMs: medianOf(
      ({ defaultDueMs }) => defaultDueMs,
      ({ defaultMs }) => defaultMs,
    ),
  }
}

function landed(times: readonly (number | null)[]): readonly number[] {
  return times.filter((ms) => ms !== null)
}

/** Nearest rank; NaN of none. */
function percentile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)] ?? Number.NaN
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

/**
 * Where the nodes of `geo` stand, and how far apart.
 *
 * Round trips: Microsoft, "Azure network round-trip latency statistics", learn.microsoft.com/azure/networking/
 * azure-network-latency, P50 over the 30 days to 30 July 2026. They are those from the region named first; the way back
 * differs by 3 ms at most. Clouds have shorter ways than most homes, and the same way every day.
 *
 * Shares: ours, after crawls that find a good third of Ethereum's nodes in the United States and a fifth in Germany
 * (ethernodes.org as told by finbold.com in March 2021: 36.9 % and 21.2 %), and most of the rest in Europe.
 */

export interface Region {
  /** The town, or the country, for tables. */
  readonly name: string
  /** As the source calls it. */
  readonly source: string
  /** Its share of all nodes, in sixtieths. */
  readonly nodes: number
}

export const REGIONS = [
  { name: 'Virginia', source: 'East US', nodes: 13 },
  { name: 'Washington', source: 'West US 2', nodes: 8 },
  { name: 'Toronto', source: 'Canada Central', nodes: 3 },
  { name: 'São Paulo', source: 'Brazil South', nodes: 1 },
  { name: 'Frankfurt', source: 'Germany West Central', nodes: 12 },
  { name: 'Amsterdam', source: 'West Europe', nodes: 5 },
  { name: 'London', source: 'UK South', nodes: 4 },
  { name: 'Sweden', source: 'Sweden Central', nodes: 4 },
  { name: 'Singapore', source: 'Southeast Asia', nodes: 4 },
  { name: 'Tokyo', source: 'Japan East', nodes: 3 },
  { name: 'Sydney', source: 'Australia East', nodes: 3 },
] as const satisfies readonly Region[]

export type RegionName = (typeof REGIONS)[number]['name']

/** Of each region to those after it in `REGIONS`, ms. */
const TO_LATER_MS: readonly (readonly number[])[] = [
  [71, 18, 117, 94, 83, 78, 100, 224, 162, 201],
  [64, 177, 155, 142, 139, 158, 162, 101, 160],
  [129, 97, 90, 81, 109, 222, 160, 202],
  [198, 185, 181, 201, 331, 262, 295],
  [11, 16, 28, 166, 235, 266],
  [11, 26, 169, 233, 265],
  [31, 167, 229, 261],
  [190, 252, 285],
  [72, 95],
  [103],
]

/** Between two nodes of one region, ms: ours, as the source does not tell. Not all of a region's nodes share a building. */
const WITHIN_REGION_MS = 5

const NODES_OF_SHARES = REGIONS.reduce((sum, { nodes }) => sum + nodes, 0)

/** An index into `REGIONS`. */
export function regionIndex(name: RegionName): number {
  return REGIONS.findIndex((region) => region.name === name)
}

/** The name of a region by its index. @throws RangeError when there is no such region */
export function regionName(index: number): RegionName {
  const region = REGIONS[index]
  if (region === undefined) throw new RangeError(`there is no region ${index}`)
  return region.name
}

/** Median round trip between two regions by their indices, ms. @throws RangeError when there is no such region */
export function roundTripMs(one: number, other: number): number {
  if (one === other) return WITHIN_REGION_MS
  const [first, second] = [Math.min(one, other), Math.max(one, other)]
  const found = TO_LATER_MS[first]?.[second - first - 1]
  if (found === undefined) throw new RangeError(`there is no region ${first} or ${second}`)
  return found
}

/** Round trips between all regions, in the order of `REGIONS`. */
export function roundTripTable(): readonly (readonly number[])[] {
  return REGIONS.map((_, one) => REGIONS.map((__, other) => roundTripMs(one, other)))
}

/** The regions of so many nodes, by the shares: what is left over goes to the largest remainders. */
export function placeNodes(count: number): readonly number[] {
  const exact = REGIONS.map(({ nodes }) => (nodes * count) / NODES_OF_SHARES)
  const whole = exact.map(Math.floor)
  const left = count - whole.reduce((sum, nodes) => sum + nodes, 0)
  const byRemainder = exact
    .map((nodes, region) => ({ region, remainder: nodes - Math.floor(nodes) }))
    .sort((a, b) => b.remainder - a.remainder || a.region - b.region)
  const larger = new Set(byRemainder.slice(0, left).map(({ region }) => region))
  return whole.flatMap((nodes, region) => Array.from({ length: nodes + (larger.has(region) ? 1 : 0) }, () => region))
}

/** How cost grows with the number of peers. */
import type { BenchRun, Variant } from '../run-record.ts'
import { type Estimate, estimate } from '../statistics.ts'
import { casesOf, cpuUsPerDelivery, distinct, numberIn, runsOf } from './figures.ts'

export interface Growth extends Estimate {
  readonly rounds: number
  readonly fewestPeers: number
  readonly mostPeers: number
}

interface PeersAndCost {
  readonly peers: number
  readonly cost: number
}

/** Slope of the least-squares line through the logarithms; NaN for fewer than two numbers of peers. */
function exponentOf(points: readonly PeersAndCost[]): number {
  const logs = points.map(({ peers, cost }) => ({ x: Math.log(peers), y: Math.log(cost) }))
  const meanX = logs.reduce((sum, { x }) => sum + x, 0) / logs.length
  const meanY = logs.reduce((sum, { y }) => sum + y, 0) / logs.length
  const rise = logs.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0)
  return rise / logs.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0)
}

/**
 * The e of cost ~ peers^e, where cost is CPU a delivery, fitted within each round: 0 is no growth, 1 is linear.
 * undefined when no round has two numbers of peers.
 */
export function growthOf(runs: readonly BenchRun[], variant: Variant): Growth | undefined {
  const points = casesOf(runs).flatMap((caseName) =>
    runsOf(runs, caseName, variant)
      .map((run) => ({ round: run.round, peers: numberIn(caseName), cost: cpuUsPerDelivery(run) }))
      .filter(({ peers, cost }) => peers > 0 && cost > 0),
  )
  const exponents = distinct(points.map(({ round }) => String(round)))
    .map((round) => exponentOf(points.filter((point) => String(point.round) === round)))
    .filter(Number.isFinite)
  if (exponents.length === 0) return undefined
  const peers = points.map((point) => point.peers)
  return {
    ...estimate(exponents),
    rounds: exponents.length,
    fewestPeers: Math.min(...peers),
    mostPeers: Math.max(...peers),
  }
}

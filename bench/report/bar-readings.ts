/** How the figure of each bar is read off the runs of its bench. */
import type { BenchRun, Variant } from '../run-record.ts'
import { pairedRatio } from '../statistics.ts'
import type { Bar, Reading } from './bars.ts'
import {
  casesOf,
  classNames,
  cpuUsPerDelivery,
  estimateOf,
  type Figure,
  moreFigure,
  ofClass,
  RELAY_NAMES,
  runsOf,
  variantsOf,
} from './figures.ts'
import { growthOf } from './growth-exponent.ts'
import { blockClass } from './knee.ts'
import { besideWhom, type Comparison, counterpart, ratioTo, ratioToBetter, type Wanted } from './ratios.ts'
import { settledRisePercent } from './soak-memory.ts'

type Transport = Variant['transport']
type MaybeReading = Reading | undefined

const CHAIN_CASE = '240 B at 2000/s'
const BLOCKS_CASE = '120 kB at 40/s'
const BURST_CASE = /^burst\b/
export const SUSTAINED_FIGURE = 'sustainedPerSecond'
/** Settings of the API bench. */
export const QUIET_SETTING = /quiet/i
const POLLED = /\b2[,_ ]?000\b/
/** The bar of memory is one of the mix, and of so many peers and minutes; other runs say nothing about it. */
const FULL_MIX = /^mix\b/
const SOAK_MINUTES = 30
const SOAK_PEERS = 50

const plain = (transport: Transport): Variant => ({ relay: 'starling', transport, validation: 'none' })

function crowded(runs: readonly BenchRun[]): number {
  return runs.filter(({ isCrowded }) => isCrowded).length
}

function besideAnother(
  runs: readonly BenchRun[],
  caseName: string,
  transport: Transport,
  ratio: Comparison | undefined,
  note: string,
): MaybeReading {
  if (ratio === undefined) return undefined
  const own = plain(transport)
  const behind = [...runsOf(runs, caseName, own), ...runsOf(runs, caseName, counterpart(own, ratio.other))]
  return { ...ratio, rounds: ratio.pairs, crowdedRuns: crowded(behind), note }
}

function besideBetter(
  runs: readonly BenchRun[],
  caseName: string,
  transport: Transport,
  figure: Figure,
  wanted: Wanted,
): MaybeReading {
  const own = plain(transport)
  const ratio = ratioToBetter(runs, caseName, own, figure, wanted)
  const note = ratio === undefined ? '' : besideWhom(runs, caseName, own, ratio.other)
  return besideAnother(runs, caseName, transport, ratio, note)
}

export function costBesideBetter(runs: readonly BenchRun[], transport: Transport): MaybeReading {
  return besideBetter(runs, CHAIN_CASE, transport, cpuUsPerDelivery, 'lower')
}

export function blockCostBesideBetter(runs: readonly BenchRun[], transport: Transport): MaybeReading {
  return besideBetter(runs, BLOCKS_CASE, transport, cpuUsPerDelivery, 'lower')
}

type Percentile = 'p50Ms' | 'p99Ms'

/** Of blocks with nothing else under way. */
export function blocksBesideBetter(percentile: Percentile): Bar['read'] {
  return (runs, transport) => {
    const [name = ''] = classNames(runs.filter((run) => run.case === BLOCKS_CASE))
    const figure = ofClass(name, (one) => one[percentile])
    return besideBetter(runs, BLOCKS_CASE, transport, figure, 'lower')
  }
}

/** Blocks amid attestations, in the burst in which Starling's are latest beside others'. */
function inWorstBurst(
  runs: readonly BenchRun[],
  percentile: Percentile,
  beside: (caseName: string, figure: Figure) => MaybeReading,
): MaybeReading {
  const readings = casesOf(runs)
    .filter((caseName) => BURST_CASE.test(caseName))
    .flatMap((caseName) => {
      const name = blockClass(runs.filter((run) => run.case === caseName)) ?? ''
      const reading = beside(
        caseName,
        ofClass(name, (one) => one[percentile]),
      )
      return reading === undefined ? [] : { ...reading, note: `${name} in ${caseName}, ${reading.note}` }
    })
  return readings.sort((one, other) => other.median - one.median)[0]
}

export function burstBesideBetter(percentile: Percentile): Bar['read'] {
  return (runs, transport) =>
    inWorstBurst(runs, percentile, (caseName, figure) => besideBetter(runs, caseName, transport, figure, 'lower'))
}

export function burstBesideGo(runs: readonly BenchRun[], transport: Transport): MaybeReading {
  return inWorstBurst(runs, 'p99Ms', (caseName, figure) => {
    const ratio = ratioTo(runs, caseName, plain(transport), 'go', figure)
    return besideAnother(runs, caseName, transport, ratio, RELAY_NAMES.go)
  })
}

export function sustainedBesideBetter(runs: readonly BenchRun[], transport: Transport): MaybeReading {
  const sustained = moreFigure(SUSTAINED_FIGURE)
  const caseName = casesOf(runs.filter((run) => Number.isFinite(sustained(run))))[0] ?? ''
  const reading = besideBetter(runs, caseName, transport, sustained, 'higher')
  const limited = runs.filter(
    ({ variant, more }) => variant.transport === transport && (more?.['generatorLimited'] ?? 0) > 0,
  )
  if (reading === undefined || limited.length === 0) return reading
  return { ...reading, note: `${reading.note}; runs limited by the generator: ${limited.length}` }
}

/** The class whose p99 the polling raises most. */
export function apiBesideQuiet(runs: readonly BenchRun[], transport: Transport): MaybeReading {
  const own = variantsOf(runs).filter((variant) => variant.relay === 'starling' && variant.transport === transport)
  const quiet = own.find(({ setting }) => QUIET_SETTING.test(setting ?? ''))
  const polled = own.find(({ setting }) => POLLED.test(setting ?? ''))
  if (quiet === undefined || polled === undefined) return undefined
  const [worst] = classNames(runs)
    .map((name) => ({
      name,
      ratio: pairedRatio(
        runs,
        ofClass(name, (one) => one.p99Ms),
        polled,
        quiet,
      ),
    }))
    .filter(({ ratio }) => ratio.pairs > 0)
    .sort((one, other) => other.ratio.median - one.ratio.median)
  if (worst === undefined) return undefined
  const behind = casesOf(runs).flatMap((name) => [...runsOf(runs, name, quiet), ...runsOf(runs, name, polled)])
  return {
    ...worst.ratio,
    rounds: worst.ratio.pairs,
    crowdedRuns: crowded(behind),
    note: `${worst.name}, the worst class`,
  }
}

/** Whether the bars of memory speak of this run. */
export function isFullSoak({ case: caseName, variant, windowSeconds, more }: BenchRun): boolean {
  const isLong = Math.round(windowSeconds / 60) >= SOAK_MINUTES
  return variant.relay === 'starling' && FULL_MIX.test(caseName) && isLong && (more?.['peers'] ?? 0) >= SOAK_PEERS
}

function ofSoaks(runs: readonly BenchRun[], transport: Transport, figure: Figure, note: string): MaybeReading {
  const full = runs.filter(
    (run) => isFullSoak(run) && run.variant.transport === transport && Number.isFinite(figure(run)),
  )
  if (full.length === 0) return undefined
  return { ...estimateOf(full, figure), rounds: full.length, crowdedRuns: crowded(full), note }
}

export function soakMemory(runs: readonly BenchRun[], transport: Transport): MaybeReading {
  return ofSoaks(runs, transport, (run) => run.peakRssMb, 'largest that was ever resident')
}

export function soakRise(runs: readonly BenchRun[], transport: Transport): MaybeReading {
  return ofSoaks(runs, transport, settledRisePercent, 'of the line fitted to the settled part')
}

export function growth(runs: readonly BenchRun[], transport: Transport): MaybeReading {
  const own = plain(transport)
  const found = growthOf(runs, own)
  if (found === undefined) return undefined
  const behind = casesOf(runs).flatMap((name) => runsOf(runs, name, own))
  return { ...found, crowdedRuns: crowded(behind), note: `${found.fewestPeers} to ${found.mostPeers} peers` }
}

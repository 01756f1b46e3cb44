/**
 * The highest rate of attestation-sized messages that a relay sustains, from one publisher to eight subscribers, and
 * what it costs there; and the same at a rate that all relays sustain.
 */
import { runPaired } from '../paired.ts'
import { formatEstimate, medianTable, ratioTable, type TableFigure } from '../paired-table.ts'
import { ratioToBetter } from '../report/ratios.ts'
import { runLossPercent } from '../run-figures.ts'
import type { BenchRun, Variant } from '../run-record.ts'
import { formatTable } from '../table.ts'
import { variantLabel } from '../variant.ts'
import { pairedFlags, pairedVariants } from './flags.ts'
import { requireGo } from './load-generator.ts'
import { SATURATE_PARTS, SaturateScene, type SceneOptions } from './saturate-scene.ts'
import { findSaturation } from './saturation-search.ts'
import { steadyNetwork, steadySubnets } from './validated.ts'

const SEARCH_CASE = '240 B, highest rate'
const FIXED_CASE = '240 B at 5000/s'
const FIXED_RATE = 5_000
/** Rates, messages a second; to 6 %, which three halvings of a step give. */
const BOUNDS = { from: 3_000, lowest: 200, highest: 100_000, factor: 1.5, precision: 1.06 } as const
/** At most so much is lost of a rate that counts as sustained. */
const MOST_LOSS_PERCENT = 0.1
/** A relay that cannot keep up is later and later; one that can is far below. */
const MOST_P99_MS = 250
/** A generator further behind its schedule did not offer the rate. */
const MOST_LAG_MS = 250
const GENERATOR_LATE = 'generator late by'

/** One search. A rate that fails is tried once more, on a fresh relay, before that is believed. */
class Climb implements AsyncDisposable {
  readonly #bench: SceneOptions
  #scene: SaturateScene | undefined
  /** The run at the highest rate that was sustained. */
  best: BenchRun | undefined
  /** What the last failure was. */
  why = ''
  trials = 0

  constructor(bench: SceneOptions) {
    this.#bench = bench
  }

  async isSustained(ratePerSecond: number): Promise<boolean> {
    return (await this.#try(ratePerSecond)) || (await this.#try(ratePerSecond))
  }

  async #try(ratePerSecond: number): Promise<boolean> {
    this.#scene ??= await SaturateScene.start(this.#bench)
    this.trials++
    const outcome = await attempt(this.#scene, ratePerSecond)
    if (typeof outcome !== 'string') {
      this.best = outcome
      return true
    }
    this.why = outcome
    process.stdout.write(`  ${ratePerSecond}/s: ${outcome}\n`)
    await this[Symbol.asyncDispose]()
    return false
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const scene = this.#scene
    this.#scene = undefined
    await scene?.[Symbol.asyncDispose]()
  }
}

/** The run when the rate was sustained, else what was wrong. */
async function attempt(scene: SaturateScene, ratePerSecond: number): Promise<BenchRun | string> {
  try {
    const run = await scene.measure(ratePerSecond)
    return whatIsWrong(run) ?? run
  } catch (error) {
    // A peer thrown out of a mesh, nothing delivered at all, a relay that ended: none is a rate sustained.
    return error instanceof Error ? error.message : String(error)
  }
}

function whatIsWrong(run: BenchRun): string | undefined {
  const loss = runLossPercent(run)
  if (loss > MOST_LOSS_PERCENT) return `${loss} % lost`
  const p99Ms = Math.max(...run.classes.map((each) => each.p99Ms))
  if (p99Ms >= MOST_P99_MS) return `p99 ${p99Ms} ms`
  return run.generatorLagMs >= MOST_LAG_MS ? `${GENERATOR_LATE} ${run.generatorLagMs} ms` : undefined
}

/** @throws Error when not even the lowest rate is sustained */
async function climb(bench: SceneOptions): Promise<BenchRun> {
  await using search = new Climb(bench)
  const { sustained, failed } = await findSaturation((rate) => search.isSustained(rate), BOUNDS)
  const { best, trials, why } = search
  if (best === undefined || sustained === undefined) throw new Error(`not even the lowest rate: ${why}`)
  const more = {
    sustainedPerSecond: sustained,
    ...(failed === undefined ? {} : { failedPerSecond: failed }),
    // 1: what failed above it was the generator, so that the relay may sustain more.
    generatorLimited: Number(why.startsWith(GENERATOR_LATE)),
    trials,
  }
  return { ...best, more }
}

async function measureFixed(bench: SceneOptions): Promise<BenchRun> {
  await using scene = await SaturateScene.start(bench)
  return await scene.measure(FIXED_RATE)
}

const sustainedPerSecond = (run: BenchRun): number => run.more?.['sustainedPerSecond'] ?? Number.NaN

const SEARCH_FIGURES: readonly TableFigure[] = [
  { header: 'sustained msg/s', isRatio: true, of: sustainedPerSecond },
  { header: 'failed msg/s', isRatio: false, of: (run) => run.more?.['failedPerSecond'] ?? Number.NaN },
  { header: 'generator limited', isRatio: false, of: (run) => run.more?.['generatorLimited'] ?? 0 },
  { header: 'CPU us/delivery', isRatio: false, of: (run) => run.cpuUsPerDelivery },
  { header: 'machine %', isRatio: false, of: (run) => run.machineBusyPercent },
]

/** Starling's highest rate beside the higher one of the others; empty without others. */
function rateTable(runs: readonly BenchRun[], variants: readonly Variant[]): string {
  const rows = variants
    .filter(({ relay }) => relay === 'starling')
    .flatMap((variant) => {
      const ratio = ratioToBetter(runs, SEARCH_CASE, variant, sustainedPerSecond, 'higher')
      if (ratio === undefined) return []
      return [[`${variantLabel(variant)} / ${ratio.other}`, String(ratio.pairs), formatEstimate(ratio)]]
    })
  return rows.length === 0 ? '' : `\n${formatTable(['ratio', 'pairs', 'sustained msg/s'], rows)}`
}

/** Runs the cases, prints medians and ratios, and writes the runs. @throws Error without Go, or when a relay fails twice */
export async function runSaturate(args: string[]): Promise<void> {
  const options = pairedFlags(args, { seconds: 5, warmupSeconds: 3 })
  requireGo()
  const { seconds, warmupSeconds } = options
  const scene = { subnets: steadySubnets(options), network: steadyNetwork(options) }
  const limits = { mostLossPercent: MOST_LOSS_PERCENT, mostP99Ms: MOST_P99_MS, mostLagMs: MOST_LAG_MS }
  const runs = await runPaired(
    {
      name: 'saturate',
      cases: [SEARCH_CASE, FIXED_CASE],
      about: { ...SATURATE_PARTS, ...BOUNDS, ...limits, subnets: scene.subnets.length, ...scene.network },
      measure: (caseName, variant, round) => {
        const bench = { about: { case: caseName, variant, round }, seconds, warmupSeconds, ...scene }
        return caseName === SEARCH_CASE ? climb(bench) : measureFixed(bench)
      },
    },
    options,
  )
  const searched = runs.filter((run) => run.case === SEARCH_CASE)
  const fixed = runs.filter((run) => run.case === FIXED_CASE)
  if (searched.length > 0) {
    process.stdout.write(`\n${medianTable(searched, SEARCH_FIGURES)}${rateTable(searched, pairedVariants(options))}`)
  }
  if (fixed.length > 0) process.stdout.write(`\n${medianTable(fixed)}\n${ratioTable(fixed)}`)
}

/** What a stretch of traffic costs a relay, whichever relay and whichever traffic. */
import { setTimeout as delay } from 'node:timers/promises'
import { busyPercent, CROWDED_PERCENT, type MachineTicks, machineTicks } from '../machine-load.ts'
import type { BenchRun, ClassFigures, Variant } from '../run-record.ts'
import { readLoopDelays } from './loop-delays.ts'
import { cpuTimeUs, memoryUsage, threadTimes } from './process-usage.ts'
import { type ThreadReading, threadFigures } from './thread-figures.ts'

/** The part of a relay under test that is looked at. */
export interface MeasuredRelay {
  readonly pid: number
  /** Where it tells of its event loops, if it has any. */
  readonly metricsUrl?: string | undefined
}

/** What a generator tells of its traffic once the last arrivals are in. */
export interface TrafficFigures {
  readonly classes: readonly ClassFigures[]
  /** The generator's worst delay behind its schedule. */
  readonly lagMs: number
  /** What only this bench knows, for the run's `more`. */
  readonly more?: Readonly<Record<string, number>>
}

export interface RunIdentity {
  readonly case: string
  readonly variant: Variant
  readonly round: number
  /**
   * How long messages are published, where the generator waits for stragglers afterwards: rates and the machine's load
   * are those of this time. CPU is of all the traffic in any case, as late messages cost too. Left out: all of it.
   */
  readonly seconds?: number
}

interface Reading extends ThreadReading {
  readonly cpuUs: number
}

/**
 * Runs the traffic and takes the relay's figures from just before it to just after.
 * @throws Error when the relay is gone or delivered nothing at all, which is no figure but a failure
 */
export async function measureRelay(
  relay: MeasuredRelay,
  traffic: () => Promise<TrafficFigures>,
  about: RunIdentity,
): Promise<BenchRun> {
  const at = new Date().toISOString()
  const delaysBefore = await loopDelays(relay)
  const before: Reading = { ...processReading(relay), delays: delaysBefore }
  const startedMs = performance.now()
  const machine = new MachineWindow(about.seconds)
  const { classes, lagMs, more } = await traffic()
  const machineBusyPercent = machine.end()
  const windowSeconds = about.seconds ?? (performance.now() - startedMs) / 1000
  const taken = processReading(relay)
  const memory = memoryUsage(relay.pid)
  const after: Reading = { ...taken, delays: await loopDelays(relay) }
  const delivered = classes.reduce((sum, each) => sum + each.delivered, 0)
  if (delivered === 0) throw new Error('the relay delivered nothing')
  return {
    case: about.case,
    variant: about.variant,
    round: about.round,
    at,
    windowSeconds: round(windowSeconds, 2),
    machineBusyPercent: round(machineBusyPercent, 1),
    isCrowded: machineBusyPercent > CROWDED_PERCENT,
    generatorLagMs: round(lagMs, 1),
    cpuUsPerDelivery: round((after.cpuUs - before.cpuUs) / delivered, 2),
    deliveredPerSecond: round(delivered / windowSeconds, 1),
    ...memory,
    classes,
    threads: threadFigures(before, after),
    ...(more === undefined ? {} : { more }),
  }
}

function processReading({ pid }: MeasuredRelay): Omit<Reading, 'delays'> {
  return { cpuUs: cpuTimeUs(pid), times: threadTimes(pid) }
}

function loopDelays({ metricsUrl }: MeasuredRelay): Promise<ThreadReading['delays']> {
  return metricsUrl === undefined ? Promise.resolve(new Map()) : readLoopDelays(metricsUrl)
}

/** The machine's load from now until `seconds` have passed, or until the end when that comes before. */
class MachineWindow {
  readonly #from = machineTicks()
  readonly #timer = new AbortController()
  #to: MachineTicks | undefined

  constructor(seconds: number | undefined) {
    if (seconds !== undefined) void this.#stopAfter(seconds)
  }

  end(): number {
    this.#timer.abort()
    return busyPercent(this.#from, this.#to ?? machineTicks())
  }

  async #stopAfter(seconds: number): Promise<void> {
    try {
      await delay(seconds * 1000, undefined, { signal: this.#timer.signal })
      this.#to = machineTicks()
    } catch {
      // ended before
    }
  }
}

function round(value: number, decimals: number): number {
  const scale = 10 ** decimals
  return Math.round(value * scale) / scale
}

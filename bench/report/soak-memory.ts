/** Memory over the time of a soak. */
import type { BenchRun } from '../run-record.ts'
import { moreFigure } from './figures.ts'

const slope = moreFigure('slopeMbPerMinute')
const settledFrom = moreFigure('warmupSeconds')
/** How a soak names the samples of its memory. */
const SAMPLE = /^rssMbAt(\d+)s$/

export const isMemorySample = (name: string): boolean => SAMPLE.test(name)

/** Resident memory by minutes since the run began. */
export function memorySamples({ more = {} }: BenchRun): readonly { readonly x: number; readonly y: number }[] {
  return Object.entries(more)
    .flatMap(([name, y]) => {
      const seconds = SAMPLE.exec(name)?.[1]
      return seconds === undefined ? [] : [{ x: Number(seconds) / 60, y }]
    })
    .sort((one, other) => one.x - other.x)
}

/** How far the fitted line of RSS rises from the end of the warm-up to the end of the run, in percent of the last RSS. */
export function settledRisePercent(run: BenchRun): number {
  const settledMinutes = (run.windowSeconds - settledFrom(run)) / 60
  return (100 * slope(run) * settledMinutes) / run.rssMb
}

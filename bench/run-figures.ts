/** Single figures out of a run, for tables and ratios. */
import type { BenchRun, ClassFigures, Variant } from './run-record.ts'
import { median } from './statistics.ts'

/** Share of the expected deliveries that never came. */
export function lossPercent({ delivered, expected }: Pick<ClassFigures, 'delivered' | 'expected'>): number {
  return expected === 0 ? 0 : Math.round((1 - delivered / expected) * 1e6) / 1e4
}

/** Of all classes together. */
export function runLossPercent({ classes }: BenchRun): number {
  const total = (of: (figures: ClassFigures) => number): number => classes.reduce((sum, each) => sum + of(each), 0)
  return lossPercent({ delivered: total(({ delivered }) => delivered), expected: total(({ expected }) => expected) })
}

/** The class of that name, or the run's first; undefined when there is none. */
export function classOf({ classes }: BenchRun, name?: string): ClassFigures | undefined {
  return name === undefined ? classes[0] : classes.find((each) => each.name === name)
}

/**
 * Which of the other relays Starling is to be compared with: the one that needs the least CPU a delivery, by median, in
 * that case on that transport. Undefined when none ran.
 */
export function betterPeer(
  runs: readonly BenchRun[],
  caseName: string,
  transport: Variant['transport'],
): Variant | undefined {
  const others = runs.filter(
    ({ case: name, variant }) => name === caseName && variant.transport === transport && variant.relay !== 'starling',
  )
  const costs = [...Map.groupBy(others, ({ variant }) => variant.relay).values()].flatMap((group) => {
    const variant = group[0]?.variant
    return variant === undefined ? [] : [{ variant, cpu: median(group.map((run) => run.cpuUsPerDelivery)) }]
  })
  return costs.sort((a, b) => a.cpu - b.cpu)[0]?.variant
}

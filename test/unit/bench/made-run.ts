/** Runs with chosen figures, for tests of what is made of them. */
import type { BenchRun, ClassFigures, Variant } from '../../../bench/run-record.ts'

export const STARLING: Variant = { relay: 'starling', transport: 'tcp', validation: 'none' }
export const GO: Variant = { relay: 'go', transport: 'tcp', validation: 'none' }
export const RUST: Variant = { relay: 'rust', transport: 'tcp', validation: 'none' }

export function madeClass(changes: Partial<ClassFigures> = {}): ClassFigures {
  const counts = { published: 100, expected: 800, delivered: 800, duplicates: 0 }
  return { name: '240 B', ...counts, wireBytes: 155, p50Ms: 1, p90Ms: 2, p99Ms: 3, maxMs: 4, ...changes }
}

export function madeRun(changes: Partial<BenchRun> = {}): BenchRun {
  return {
    case: '240 B at 500/s',
    variant: STARLING,
    round: 0,
    at: '2026-01-02T03:04:05.000Z',
    windowSeconds: 20,
    machineBusyPercent: 50,
    isCrowded: false,
    generatorLagMs: 1,
    cpuUsPerDelivery: 20,
    deliveredPerSecond: 40,
    rssMb: 100,
    peakRssMb: 110,
    classes: [madeClass()],
    threads: [],
    ...changes,
  }
}

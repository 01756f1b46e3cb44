/** `--smoke`: seconds instead of minutes, with one round and nothing written, to see that a bench still works. */
import { lossPercent } from './run-figures.ts'
import type { BenchRun } from './run-record.ts'
import { variantLabel } from './variant.ts'

/** The paired benches' flags under `--smoke`; those that are given beside it win. The Rust relay takes minutes to build. */
export const SMOKE_FLAGS = { relays: 'starling,go', rounds: '1', seconds: '2', warmup: '1' } as const

/** @throws Error that names each class of each run in which a delivery never came, or in which nothing was expected */
export function requireNoLoss(runs: readonly BenchRun[]): void {
  const failures = runs.flatMap(({ case: caseName, variant, classes }) => {
    const where = `${caseName}, ${variantLabel(variant)}`
    if (classes.every(({ expected }) => expected === 0)) return [`${where}: nothing was sent`]
    return classes
      .filter(({ expected, delivered }) => delivered < expected)
      .map((one) => `${where}: ${one.expected - one.delivered} of ${one.expected} ${one.name} (${lossPercent(one)} %)`)
  })
  if (failures.length > 0) throw new Error(`messages were lost: ${failures.join('; ')}`)
}

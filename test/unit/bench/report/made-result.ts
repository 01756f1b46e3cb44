/** Results files with chosen runs. */
import type { BenchResult, BenchRun } from '../../../../bench/run-record.ts'

export function madeResult(bench: string, runs: readonly BenchRun[]): BenchResult {
  return {
    bench,
    ...{ at: '2026-01-02T03:04:05.000Z', commit: '0123456789ab', uncommittedSources: false },
    ...{ cpu: 'a processor', cores: 2, memoryMb: 8_192, kernel: '6.0', node: 'v24.0.0' },
    options: { rounds: 3 },
    runs,
  }
}

import type { HeartbeatReading } from '../../test/support/go-heartbeat-meter.ts'
import type { SwarmStreamResult } from '../../test/support/go-swarm.ts'
import type { LoadLevel } from '../../test/support/load-levels.ts'
import { figure, formatTable } from '../table.ts'
import type { PulseSums } from './levels-pulses.ts'

/** What one level did. */
export interface LevelResult extends LoadLevel {
  /** From the answer to the PATCH until every mesh was within the level's bounds; undefined when it never was. */
  readonly reachedMs: number | undefined
  /** Smallest and largest mesh seen under traffic, over all topics. */
  readonly meshMin: number
  readonly meshMax: number
  readonly meshWithin: boolean
  readonly heartbeat: HeartbeatReading
  readonly heartbeatWithin: boolean
  /** Of one core, the whole process. */
  readonly cpuPercent: number
  readonly rssMb: number
  /** What the relay says of itself. */
  readonly pulses: PulseSums
  /** What the peers saw. */
  readonly stream: SwarmStreamResult
}

/** Share of the expected deliveries that never came, in percent. */
export function lossPercent({ expected, delivered }: SwarmStreamResult): number {
  return 100 * (1 - delivered / expected)
}

const HEADER = [
  'level',
  'low–n–high',
  'mesh',
  'reached ms',
  'beat ms',
  'measured',
  'in/s',
  'out/s',
  'CPU %',
  'fwd p50 ms',
  'fwd p99 ms',
  'loop ms',
  'p50 ms',
  'p99 ms',
  'loss %',
]

/** One line a level. `in`, `out`, `fwd` and `loop` are the relay's own figures, the last three the peers'. */
export function levelTable(results: readonly LevelResult[]): string {
  const rows = results.map((result) => {
    const { pulses, stream, heartbeat, reachedMs } = result
    return [
      String(result.level),
      `${result.meshLow}–${result.meshN}–${result.meshHigh}`,
      `${result.meshMin}–${result.meshMax}${result.meshWithin ? '' : ' !'}`,
      reachedMs === undefined ? 'never' : figure(reachedMs),
      String(result.heartbeatMs),
      `${heartbeat.medianMs.toFixed(1)}${result.heartbeatWithin ? '' : ' !'}`,
      String(pulses.receivedPerSecond),
      String(pulses.forwardedPerSecond),
      String(result.cpuPercent),
      ...[pulses.forwardP50Ms, pulses.forwardP99Ms].map((ms) => ms.toFixed(2)),
      ...[pulses.loopDelayMaxMs, stream.p50Ms, stream.p99Ms].map(figure),
      lossPercent(stream).toFixed(2),
    ]
  })
  return formatTable(HEADER, rows)
}

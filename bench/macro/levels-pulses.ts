/** The relay's own account of a stretch of time, from the `pulse` lines of its log. */
import type { LogLine } from '../../test/support/starling-process.ts'

export interface PulseSums {
  readonly pulses: number
  readonly receivedPerSecond: number
  readonly forwardedPerSecond: number
  readonly dropped: number
  /** Worst pulse of each. */
  readonly forwardP50Ms: number
  readonly forwardP99Ms: number
  readonly loopDelayMaxMs: number
}

interface PulseLine extends LogLine {
  readonly time: string
  readonly received: number
  readonly forwarded: number
  readonly dropped: number
  readonly forward_p50_ms: number
  readonly forward_p99_ms: number
  readonly loop_delay_max_ms: number
}

/** Sums the pulses that lie wholly between two Unix times in ms; each tells of the slot before it. */
export function sumPulses(log: readonly LogLine[], slotSeconds: number, fromMs: number, toMs: number): PulseSums {
  const pulses = log.filter((line): line is PulseLine => {
    const atMs = Date.parse(String(line['time']))
    return line['msg'] === 'pulse' && atMs - slotSeconds * 1000 >= fromMs && atMs <= toMs
  })
  const total = (of: (line: PulseLine) => number): number => pulses.reduce((sum, line) => sum + of(line), 0)
  const worst = (of: (line: PulseLine) => number): number => Math.max(0, ...pulses.map(of))
  const seconds = Math.max(1, pulses.length) * slotSeconds
  return {
    pulses: pulses.length,
    receivedPerSecond: Math.round(total(({ received }) => received) / seconds),
    forwardedPerSecond: Math.round(total(({ forwarded }) => forwarded) / seconds),
    dropped: total(({ dropped }) => dropped),
    forwardP50Ms: worst((line) => line.forward_p50_ms),
    forwardP99Ms: worst((line) => line.forward_p99_ms),
    loopDelayMaxMs: worst((line) => line.loop_delay_max_ms),
  }
}

export interface MeshLineCount {
  readonly line: string
  readonly count: number
  /** The first one, with its fields. */
  readonly example: LogLine
}

/** Each kind of `MESH:` line in the log, the most frequent first. */
export function countMeshLines(log: readonly LogLine[]): readonly MeshLineCount[] {
  const lines = log.filter(({ msg }) => String(msg).startsWith('MESH:'))
  const groups = Map.groupBy(lines, ({ msg }) => String(msg).replace(/^MESH: \d+ lines/, 'MESH: n lines'))
  return [...groups]
    .flatMap(([line, found]) => (found[0] === undefined ? [] : [{ line, count: found.length, example: found[0] }]))
    .sort((a, b) => b.count - a.count)
}

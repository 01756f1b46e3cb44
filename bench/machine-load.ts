/** How busy the whole machine is, from /proc/stat (proc(5)): Linux only. */
import { readFileSync } from 'node:fs'

/** user, nice, system, idle, iowait, irq, softirq, steal; guest times that follow are in user and nice already. */
const COUNTED_FIELDS = 8
const IDLE_FIELD = 3
const IOWAIT_FIELD = 4

/** Beyond this latency tells of the machine and no more of the relay. */
export const CROWDED_PERCENT = 90

/** Totals of all cores since the machine started, in ticks. */
export interface MachineTicks {
  readonly idle: number
  readonly total: number
}

/** @throws Error where there is no /proc/stat */
export function machineTicks(): MachineTicks {
  return parseMachineTicks(readFileSync('/proc/stat', 'utf8'))
}

/** The line of all cores together. */
export function parseMachineTicks(stat: string): MachineTicks {
  const line = stat.slice(0, stat.indexOf('\n'))
  const fields = line
    .trim()
    .split(/\s+/)
    .slice(1, 1 + COUNTED_FIELDS)
    .map(Number)
  const idle = (fields[IDLE_FIELD] ?? 0) + (fields[IOWAIT_FIELD] ?? 0)
  return { idle, total: fields.reduce((sum, ticks) => sum + ticks, 0) }
}

/** Share of all cores that was in use between two readings; 0 when no time has passed. */
export function busyPercent(from: MachineTicks, to: MachineTicks): number {
  const total = to.total - from.total
  return total <= 0 ? 0 : (1 - (to.idle - from.idle) / total) * 100
}

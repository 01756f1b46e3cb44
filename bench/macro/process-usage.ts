/** CPU and memory of another process, from /proc: Linux only. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface MemoryUsage {
  /** Resident now. */
  readonly rssMb: number
  /** Most that was ever resident. */
  readonly peakRssMb: number
}

/** USER_HZ: the unit of the times in /proc/<pid>/stat, 100 on every Linux this runs on unless getconf says otherwise. */
const TICKS_PER_SECOND = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout?.trim()) || 100

/** Positions of utime and stime in /proc/<pid>/stat, counted after the command's closing bracket (proc(5)). */
const UTIME_FIELD = 11
const STIME_FIELD = 12

/** User and system time of all threads since the process began, in microseconds; steps of one tick. */
export function cpuTimeUs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[UTIME_FIELD]) + Number(fields[STIME_FIELD])
  return (ticks / TICKS_PER_SECOND) * 1e6
}

/** @throws Error when the process is gone */
export function memoryUsage(pid: number): MemoryUsage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const megabytes = (name: string): number => {
    const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]
    if (kilobytes === undefined) throw new Error(`/proc/${pid}/status has no ${name}`)
    return Math.round(Number(kilobytes) / 102.4) / 10
  }
  return { rssMb: megabytes('VmRSS'), peakRssMb: megabytes('VmHWM') }
}

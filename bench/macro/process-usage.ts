/** CPU and memory of another process, from /proc: Linux only. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

export interface MemoryUsage {
  /** Resident now. */
  readonly rssMb: number
  /** Most that was ever resident. */
  readonly peakRssMb: number
}

/** CPU time of one thread since it began. */
export interface ThreadTime {
  readonly id: string
  /** As the system names it, 15 characters at most. */
  readonly name: string
  readonly cpuUs: number
}

/** USER_HZ: the unit of the times in /proc/<pid>/stat, 100 on every Linux this runs on unless getconf says otherwise. */
const TICKS_PER_SECOND = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout?.trim()) || 100

/** Positions of utime and stime in /proc/<pid>/stat, counted after the command's closing bracket (proc(5)). */
const UTIME_FIELD = 11
const STIME_FIELD = 12

/** User and system time of all threads since the process began, ended ones included, in microseconds; steps of one tick. */
export function cpuTimeUs(pid: number): number {
  return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8')).cpuUs
}

/** The threads that live now. @throws Error when the process is gone */
export function threadTimes(pid: number): readonly ThreadTime[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((id) => {
    const stat = readIfThere(`/proc/${pid}/task/${id}/stat`)
    return stat === undefined ? [] : [{ id, ...parseStat(stat) }]
  })
}

/** A thread may end between the list and the reading. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** The name and the times of a line of /proc/<pid>/stat; a name may hold spaces and brackets. */
export function parseStat(stat: string): Omit<ThreadTime, 'id'> {
  const end = stat.lastIndexOf(')')
  const fields = stat.slice(end + 2).split(' ')
  const ticks = Number(fields[UTIME_FIELD]) + Number(fields[STIME_FIELD])
  return { name: stat.slice(stat.indexOf('(') + 1, end), cpuUs: (ticks / TICKS_PER_SECOND) * 1e6 }
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

import { readFileSync } from 'node:fs'

/** Position of `nice` in /proc/<pid>/task/<tid>/stat, counted after the command's closing bracket (proc(5)). */
const NICE_FIELD = 16

/** Of a thread of a process, on Linux. @throws Error when it is gone */
export function niceness(pid: number, thread: string): number {
  const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[NICE_FIELD])
}

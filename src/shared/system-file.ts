import { readFileSync } from 'node:fs'

/** What the system says in a file of /proc or /sys, trimmed; undefined where there is none, as on other systems or in a sandbox. */
export function readSystemFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}

/** A setting of the system, as sysctl(8) names it; undefined where it has none, or shows none. */
export function readSysctl(name: string): string | undefined {
  return readSystemFile(`/proc/sys/${name.replaceAll('.', '/')}`)
}

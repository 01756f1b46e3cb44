import { readFileSync } from 'node:fs'

/** What the system says in a file of /proc or /sys, trimmed; undefined where there is none, as on other systems or in a sandbox. */
export function readSystemFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}

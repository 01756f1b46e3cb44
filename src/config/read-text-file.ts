import { readFileSync, statSync } from 'node:fs'

export type TextFile = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string }

/** The plain reason of the failures an operator can do something about. */
const REASONS: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'no such file'],
  ['ENOTDIR', 'no such file'],
  ['EACCES', 'not permitted to read it'],
  ['EPERM', 'not permitted to read it'],
  ['ENAMETOOLONG', 'the path is too long'],
])

/**
 * The text of a small regular file, or a short reason that does not repeat the path.
 * @param maxBytes size above which it is surely not the file that was meant
 */
export function readTextFile(path: string, maxBytes: number): TextFile {
  try {
    const stats = statSync(path)
    if (!stats.isFile()) return { ok: false, reason: 'not a regular file' }
    if (stats.size > maxBytes) return { ok: false, reason: `larger than ${maxBytes} bytes` }
    return { ok: true, text: readFileSync(path, 'utf8') }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    return { ok: false, reason: REASONS.get(code) ?? `cannot be read (${code ?? error})` }
  }
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** A directory that goes when the test ends. */
export function scratchDirectory(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'starling-e2e-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** A file with this text in a directory of its own; both go when the test ends. */
export function scratchFile(t: TestContext, name: string, text: string): string {
  const file = join(scratchDirectory(t), name)
  writeFileSync(file, text)
  return file
}

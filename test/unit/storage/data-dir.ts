import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** An empty directory that goes when the test ends. */
export function dataDir(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'starling-storage-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

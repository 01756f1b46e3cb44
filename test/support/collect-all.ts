import assert from 'node:assert/strict'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Collects the whole heap of the calling thread at once. Until V8 has done so once, its limit is that of the machine, of
 * which a heap as small as a test's is no share.
 */
export function collectAll(): void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  assert.ok(typeof collect === 'function')
  collect()
}

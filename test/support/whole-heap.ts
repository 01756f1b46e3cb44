import assert from 'node:assert/strict'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
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

const OBJECTS = 1_000_000
/** What `manyObjects` take at least, of some 38 MB. */
export const MANY_OBJECTS_BYTES = 16 * OBJECTS

/** So many that they are taken for old ones while they are made. */
export function manyObjects(): readonly object[] {
  return Array.from({ length: OBJECTS }, (_, index) => ({ index }))
}

/** Makes many old objects that nobody holds. @returns the bytes in use before */
export function growHeap(): number {
  const restBytes = usedHeapBytes()
  assert.equal(manyObjects().length, OBJECTS)
  return restBytes
}

export function usedHeapBytes(): number {
  return getHeapStatistics().used_heap_size
}

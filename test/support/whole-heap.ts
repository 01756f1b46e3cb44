import assert from 'node:assert/strict'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { until } from './until.ts'

function collect(type: 'major' | 'minor'): void {
  setFlagsFromString('--expose-gc')
  const gc: unknown = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  assert.ok(typeof gc === 'function')
  gc({ type })
}

/**
 * Collects the whole heap of the calling thread at once. Until V8 has done so once, its limit is that of the machine, of
 * which a heap as small as a test's is no share.
 */
export function collectAll(): void {
  collect('major')
}

const OBJECTS = 1_000_000
/** What `manyObjects` take at least, of some 38 MB. */
const MANY_OBJECTS_BYTES = 16 * OBJECTS
/** V8 collects a heap that has grown 8 s after it last did so (its memory reducer, which a test cannot switch off). */
const BEFORE_V8_MS = 5000

function manyObjects(): readonly object[] {
  return Array.from({ length: OBJECTS }, (_, index) => ({ index }))
}

/** V8 itself begins at twice the size: while this is held, what `growHeap` makes does not bring it there. */
export function muchToHold(): readonly (readonly object[])[] {
  return [manyObjects(), manyObjects(), manyObjects()]
}

/** Makes many old objects that nobody holds. @returns the bytes in use before */
export function growHeap(): number {
  const restBytes = usedHeapBytes()
  const objects = manyObjects()
  // What lived through two young collections is old, and no third one frees it.
  collect('minor')
  collect('minor')
  assert.equal(objects.length, OBJECTS)
  return restBytes
}

/** Whether there is still what `growHeap` made when it returned `restBytes`. */
export function isGrown(restBytes: number): boolean {
  return usedHeapBytes() > restBytes + MANY_OBJECTS_BYTES
}

/** Until what `growHeap` made is freed by somebody other than V8 itself. */
export function untilFreed(restBytes: number): Promise<void> {
  return until('old objects are freed', () => !isGrown(restBytes), BEFORE_V8_MS)
}

function usedHeapBytes(): number {
  return getHeapStatistics().used_heap_size
}

/** Reads basic values out of serialised objects at places that `ssz-layout-fields.ts` found. */
import { readOffset } from './ssz-layout.ts'

/**
 * The uint64 at `at`, little-endian; bytes behind the end count as 0. Exact up to 2^53, and above rounded to a double
 * near it: such a number is in no living network, and it stays greater than every limit that it is compared with.
 */
export function readUint64(ssz: Uint8Array, at: number): number {
  return readOffset(ssz, at) + readOffset(ssz, at + 4) * 2 ** 32
}

/** True when `length` bytes at `a` and at `b` are equal. */
export function areEqualBytes(ssz: Uint8Array, a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (ssz[a + i] !== ssz[b + i]) return false
  return true
}

/** Below 0, 0 or above 0 as the uint64 at `aAt` of `a` is less than, equal to or greater than that at `bAt` of `b`. Exact. */
export function compareUint64(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number): number {
  const high = readOffset(a, aAt + 4) - readOffset(b, bAt + 4)
  return high === 0 ? readOffset(a, aAt) - readOffset(b, bAt) : high
}

/** Bit fields within serialised objects. Spec: ssz/simple-serialize.md */
import { bitlistLength } from '../../../consensus/ssz/ssz-layout.ts'

/** Bits set in each value of a byte. */
const POPULATION = Uint8Array.from(
  { length: 256 },
  (_, byte) => [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => byte & (1 << bit)).length,
)

/** Bits set in `[start, end)`. */
export function countBits(ssz: Uint8Array, start: number, end: number): number {
  let count = 0
  for (let i = start; i < end; i++) count += POPULATION[ssz[i] ?? 0] ?? 0
  return count
}

/** Position of the first bit that is set in `[start, end)`; -1 when none is. */
export function firstBit(ssz: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    const byte = ssz[i] ?? 0
    // The lowest bit alone is a power of two, and 31 less its leading zeros is the power.
    if (byte !== 0) return (i - start) * 8 + 31 - Math.clz32(byte & -byte)
  }
  return -1
}

/** A bitlist's bits in `[start, end)`, the sentinel not counted. */
export interface BitlistFacts {
  /** How many bits it has, set or not. */
  readonly length: number
  readonly setBits: number
  /** Position of the first bit that is set; meaningless without any. */
  readonly first: number
}

/** What the bitlist in `[start, end)` holds. Its layout is valid: the last byte has the sentinel. */
export function bitlistFacts(ssz: Uint8Array, start: number, end: number): BitlistFacts {
  const length = bitlistLength(ssz, start, end) ?? 0
  return { length, setBits: countBits(ssz, start, end) - 1, first: firstBit(ssz, start, end) }
}

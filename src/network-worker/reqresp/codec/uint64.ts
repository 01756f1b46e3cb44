const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)
const MAX_UINT64 = 2n ** 64n - 1n

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** The little-endian u64 at `offset`. */
export function readUint64(bytes: Uint8Array, offset: number): bigint {
  return viewOf(bytes).getBigUint64(offset, true)
}

/** Writes `value` at `offset`, clamped to what a u64 holds. */
export function writeUint64(bytes: Uint8Array, offset: number, value: bigint): void {
  const clamped = value < 0n ? 0n : value > MAX_UINT64 ? MAX_UINT64 : value
  viewOf(bytes).setBigUint64(offset, clamped, true)
}

/**
 * The u64 at `offset` as a number. Above 2^53 - 1 (FAR_FUTURE_EPOCH is 2^64 - 1) it is Number.MAX_SAFE_INTEGER: a
 * comparison still comes out right, where a rounded number might not.
 */
export function readClampedUint64(bytes: Uint8Array, offset: number): number {
  const value = readUint64(bytes, offset)
  return value > MAX_SAFE ? Number.MAX_SAFE_INTEGER : Number(value)
}

/** Writes a slot, an epoch or a count: clamped to 0 … 2^53 - 1, fractions dropped, NaN as 0. */
export function writeClampedUint64(bytes: Uint8Array, offset: number, value: number): void {
  const clamped = Math.min(Math.max(0, value || 0), Number.MAX_SAFE_INTEGER)
  writeUint64(bytes, offset, BigInt(Math.trunc(clamped)))
}

/** A u64 as SSZ: the whole body of ping and goodbye. */
export function encodeUint64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  writeUint64(bytes, 0, value)
  return bytes
}

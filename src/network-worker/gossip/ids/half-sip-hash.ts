/** Bytes of a key. */
export const KEY_BYTES = 8

/** Of an output of 64 bits, as many as a number holds exactly. */
const LOW = 2 ** 32
const HIGH_MASK = 0x1fffff

/** A key: two words of 32 bits. */
export interface HalfSipKey {
  readonly first: number
  readonly second: number
}

export function halfSipKey(bytes: Uint8Array): HalfSipKey {
  const view = new DataView(bytes.buffer, bytes.byteOffset, KEY_BYTES)
  return { first: view.getInt32(0, true), second: view.getInt32(4, true) }
}

/**
 * HalfSipHash-2-4 with an output of 64 bits (Aumasson and Bernstein, the SipHash reference implementation), of which the
 * low 53 are returned. Without the key nobody can make two inputs collide, as they can with hashes that are merely fast:
 * for those inputs are known that collide whatever the seed.
 */
export function halfSipHash({ first, second }: HalfSipKey, data: Uint8Array): number {
  const view = new DataView(data.buffer, data.byteOffset, data.length)
  const tailAt = data.length & ~3
  let v0 = first
  let v1 = second ^ 0xee
  let v2 = first ^ 0x6c796765
  let v3 = second ^ 0x74656462
  for (let at = 0; at <= tailAt; at += 4) {
    const word = at < tailAt ? view.getInt32(at, true) : tailWord(data, tailAt)
    v3 ^= word
    for (let round = 0; round < 2; round++) {
      v0 = (v0 + v1) | 0
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
      v0 = (v0 << 16) | (v0 >>> 16)
      v2 = (v2 + v3) | 0
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
      v0 = (v0 + v3) | 0
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
      v2 = (v2 + v1) | 0
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
      v2 = (v2 << 16) | (v2 >>> 16)
    }
    v0 ^= word
  }
  v2 ^= 0xee
  let low = 0
  for (let round = 0; round < 8; round++) {
    if (round === 4) {
      low = v1 ^ v3
      v1 ^= 0xdd
    }
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
  }
  return ((v1 ^ v3) & HIGH_MASK) * LOW + (low >>> 0)
}

/** The last word: the bytes that fill none, and the length above them. */
function tailWord(data: Uint8Array, at: number): number {
  let word = data.length << 24
  for (let i = 0; at + i < data.length; i++) word |= (data[at + i] ?? 0) << (8 * i)
  return word
}

import { randomBytes } from 'node:crypto'

/** The period of the pattern: half of it noise, half zeros, as in the load generator (payload.go). */
const PERIOD_BYTES = 64

/** Bytes of which snappy saves about half. */
export function halfCompressible(sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes)
  for (let at = 0; at < sizeBytes; at += PERIOD_BYTES) {
    const noise = randomBytes(Math.min(PERIOD_BYTES / 2, sizeBytes - at))
    bytes.set(noise, at)
  }
  return bytes
}

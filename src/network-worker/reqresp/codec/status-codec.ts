import { fromHex, toHex } from '../../../shared/hex.ts'
import type { Status } from '../types.ts'
import { readClampedUint64, writeClampedUint64 } from './uint64.ts'

/**
 * Status, all fields fixed: digest 4, finalized root 32, finalized epoch 8, head root 32, head slot 8, and in
 * version 2 earliest available slot 8 (consensus-specs phase0 and fulu p2p-interface, "Status").
 */
const AT = { digest: 0, finalizedRoot: 4, finalizedEpoch: 36, headRoot: 44, headSlot: 76, earliestSlot: 84 } as const
const SIZE = { 1: 84, 2: 92 } as const

/**
 * SSZ bytes of a Status: 84 in version 1, 92 in version 2. An unknown earliest slot is sent as the head slot.
 * @throws Error when a root or the digest is not hex of its length: our own data
 */
export function encodeStatus(status: Status, version: 1 | 2): Uint8Array {
  const bytes = new Uint8Array(SIZE[version])
  bytes.set(fromHex(status.forkDigestHex, 4), AT.digest)
  bytes.set(fromHex(status.finalizedRootHex, 32), AT.finalizedRoot)
  writeClampedUint64(bytes, AT.finalizedEpoch, status.finalizedEpoch)
  bytes.set(fromHex(status.headRootHex, 32), AT.headRoot)
  writeClampedUint64(bytes, AT.headSlot, status.headSlot)
  if (version === 2) writeClampedUint64(bytes, AT.earliestSlot, status.earliestAvailableSlot ?? status.headSlot)
  return bytes
}

/** The Status in `bytes`, or undefined when they are not the version's length. Any content is a valid Status. */
export function decodeStatus(bytes: Uint8Array, version: 1 | 2): Status | undefined {
  if (bytes.length !== SIZE[version]) return undefined
  return {
    forkDigestHex: toHex(bytes.subarray(AT.digest, AT.finalizedRoot)),
    finalizedRootHex: toHex(bytes.subarray(AT.finalizedRoot, AT.finalizedEpoch)),
    finalizedEpoch: readClampedUint64(bytes, AT.finalizedEpoch),
    headRootHex: toHex(bytes.subarray(AT.headRoot, AT.headSlot)),
    headSlot: readClampedUint64(bytes, AT.headSlot),
    earliestAvailableSlot: version === 2 ? readClampedUint64(bytes, AT.earliestSlot) : undefined,
  }
}

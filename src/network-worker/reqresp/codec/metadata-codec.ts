import type { Metadata } from '../types.ts'
import { readClampedUint64, readUint64, writeClampedUint64, writeUint64 } from './uint64.ts'

/**
 * Metadata, all fields fixed: sequence number 8, attnets 8, from version 2 syncnets 1, in version 3 custody group
 * count 8 (consensus-specs phase0, altair and fulu p2p-interface, "MetaData").
 */
const AT = { seqNumber: 0, attnets: 8, syncnets: 16, custodyGroupCount: 17 } as const
const SIZE = { 1: 16, 2: 17, 3: 25 } as const
/** Syncnets is Bitvector[4]: the other bits of its byte are zero in a valid encoding. */
const SYNCNETS_MASK = 0x0f

/**
 * SSZ bytes of Metadata: 16, 17 or 25. A field that is undefined is sent as zero.
 * @throws RangeError when attnets is longer than 8 bytes: our own data
 */
export function encodeMetadata(metadata: Metadata, version: 1 | 2 | 3): Uint8Array {
  const bytes = new Uint8Array(SIZE[version])
  writeUint64(bytes, AT.seqNumber, metadata.seqNumber)
  if (metadata.attnets.length > AT.syncnets - AT.attnets) throw new RangeError('attnets longer than 8 bytes')
  bytes.set(metadata.attnets, AT.attnets)
  if (version >= 2) bytes[AT.syncnets] = (metadata.syncnets?.[0] ?? 0) & SYNCNETS_MASK
  if (version === 3) writeClampedUint64(bytes, AT.custodyGroupCount, metadata.custodyGroupCount ?? 0)
  return bytes
}

/** The Metadata in `bytes`; undefined when they are not the version's length or set a bit outside syncnets. */
export function decodeMetadata(bytes: Uint8Array, version: 1 | 2 | 3): Metadata | undefined {
  if (bytes.length !== SIZE[version]) return undefined
  if (version >= 2 && ((bytes[AT.syncnets] ?? 0) & ~SYNCNETS_MASK) !== 0) return undefined
  return {
    seqNumber: readUint64(bytes, AT.seqNumber),
    attnets: bytes.slice(AT.attnets, AT.syncnets),
    syncnets: version >= 2 ? bytes.slice(AT.syncnets, AT.custodyGroupCount) : undefined,
    custodyGroupCount: version === 3 ? readClampedUint64(bytes, AT.custodyGroupCount) : undefined,
  }
}

/**
 * One object in a segment file: a head of fixed length, then the payload as Req/Resp sends it. The head has a checksum
 * of its own, so that an index can be built without the payloads being read; theirs is checked when they are served.
 *
 *      0  crc32c of the rest of the head      24  column index, or a block's blobs, u16
 *      4  crc32c of the payload               26  kind, u8, and a zero
 *      8  payload length, u32                 28  fork digest, 4 bytes
 *     12  SSZ length, u32                     32  block root, 32 bytes
 *     16  slot, u64                           64  parent root, 32 bytes, zero for a column
 */
import { crc32c } from '@node-rs/crc32'
import { fromHex, toHex } from '../../shared/hex.ts'

export const HEAD_BYTES = 96
/** First bytes of a segment file; the last one is the version of the format. */
export const MAGIC = Buffer.from('STARLR\x00\x02', 'latin1')
/** The longest payload taken: a block is hashed up to 2 MiB, and frames add a little to what does not compress. */
export const MAX_PAYLOAD_BYTES = 3 * 1024 * 1024

const AT = {
  headCrc: 0,
  payloadCrc: 4,
  payloadBytes: 8,
  sszBytes: 12,
  slot: 16,
  columnOrBlobs: 24,
  kind: 26,
  digest: 28,
  root: 32,
  parent: 64,
} as const

const MAX_UINT16 = 0xffff

const KINDS = ['block', 'column'] as const
export type RecentKind = (typeof KINDS)[number]

/** What is known of an object without its payload. Roots and digests are lower-case hex without `0x`. */
export interface RecentHead {
  readonly kind: RecentKind
  readonly slot: number
  /** Root of the block, or of the block that the column belongs to. */
  readonly rootHex: string
  /** Of a block; zero for a column. */
  readonly parentRootHex: string
  /** 0 for a block. */
  readonly columnIndex: number
  /** Of a block: the blobs whose columns are due with it. 0 for a column, and for a block of a fork without columns. */
  readonly blobCount: number
  /** Context bytes of the object's slot. */
  readonly digestHex: string
  readonly sszBytes: number
}

export interface StoredHead extends RecentHead {
  readonly payloadBytes: number
  readonly payloadCrc: number
}

/** True when the payload is the one that was stored. */
export function isIntact(head: Pick<StoredHead, 'payloadBytes' | 'payloadCrc'>, payload: Uint8Array): boolean {
  return payload.length === head.payloadBytes && crc32c(payload) === head.payloadCrc
}

/** The head that goes before `payload`. @throws for a slot, an index or hex that does not fit: our own data */
export function encodeHead(head: RecentHead, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES)
  bytes.writeUInt32LE(crc32c(payload), AT.payloadCrc)
  bytes.writeUInt32LE(payload.length, AT.payloadBytes)
  bytes.writeUInt32LE(head.sszBytes, AT.sszBytes)
  bytes.writeBigUInt64LE(BigInt(head.slot), AT.slot)
  bytes.writeUInt16LE(head.kind === 'block' ? Math.min(head.blobCount, MAX_UINT16) : head.columnIndex, AT.columnOrBlobs)
  bytes.writeUInt8(KINDS.indexOf(head.kind), AT.kind)
  bytes.set(fromHex(head.digestHex, 4), AT.digest)
  bytes.set(fromHex(head.rootHex, 32), AT.root)
  bytes.set(fromHex(head.parentRootHex, 32), AT.parent)
  bytes.writeUInt32LE(crc32c(bytes.subarray(AT.payloadCrc)), AT.headCrc)
  return bytes
}

/** The head in the first bytes of `bytes`, or undefined when they are none, or damaged. Never throws. */
export function decodeHead(bytes: Buffer): StoredHead | undefined {
  if (bytes.length < HEAD_BYTES) return undefined
  const head = bytes.subarray(0, HEAD_BYTES)
  if (head.readUInt32LE(AT.headCrc) !== crc32c(head.subarray(AT.payloadCrc))) return undefined
  const kind = KINDS[head.readUInt8(AT.kind)]
  const slot = Number(head.readBigUInt64LE(AT.slot))
  const payloadBytes = head.readUInt32LE(AT.payloadBytes)
  if (kind === undefined || !Number.isSafeInteger(slot) || payloadBytes > MAX_PAYLOAD_BYTES) return undefined
  const columnOrBlobs = head.readUInt16LE(AT.columnOrBlobs)
  return {
    kind,
    slot,
    rootHex: toHex(head.subarray(AT.root, AT.parent)),
    parentRootHex: toHex(head.subarray(AT.parent)),
    columnIndex: kind === 'column' ? columnOrBlobs : 0,
    blobCount: kind === 'block' ? columnOrBlobs : 0,
    digestHex: toHex(head.subarray(AT.digest, AT.root)),
    sszBytes: head.readUInt32LE(AT.sszBytes),
    payloadBytes,
    payloadCrc: head.readUInt32LE(AT.payloadCrc),
  }
}

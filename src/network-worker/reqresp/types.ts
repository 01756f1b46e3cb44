/** The values Req/Resp exchanges with the rest of the node. Plain data; roots and digests as lower-case hex without `0x`. */
import type { PeerIdStr } from '../../shared/ids.ts'

/** Status of either version (consensus-specs phase0 and fulu p2p-interface, "Status"). */
export interface Status {
  readonly forkDigestHex: string
  readonly finalizedRootHex: string
  /** Epochs and slots above 2^53 - 1 read as Number.MAX_SAFE_INTEGER. */
  readonly finalizedEpoch: number
  readonly headRootHex: string
  readonly headSlot: number
  /** Undefined when the peer spoke status/1, which has no such field. */
  readonly earliestAvailableSlot: number | undefined
}

/** Metadata of any version: fields a version lacks are undefined. */
export interface Metadata {
  readonly seqNumber: bigint
  /** 8 bytes, one bit an attestation subnet, least significant bit first. */
  readonly attnets: Uint8Array
  /** 1 byte, the low 4 bits; from metadata/2. */
  readonly syncnets: Uint8Array | undefined
  /** From metadata/3. */
  readonly custodyGroupCount: number | undefined
}

export type RequestName = 'status' | 'ping' | 'metadata' | 'goodbye'

/** What is only answered, and only by a node that holds recent objects. */
export type ServedName =
  | 'beacon_blocks_by_range'
  | 'beacon_blocks_by_root'
  | 'data_column_sidecars_by_range'
  | 'data_column_sidecars_by_root'

/** All that we ask. Blocks are asked for so that they come, and for nothing else. */
export type AskedName = RequestName | 'beacon_blocks_by_range'

/** An answer of many chunks. */
export interface ServedAnswer {
  readonly objects: number
  /** What its quota is charged: its objects, or the blocks looked for if they are more. */
  readonly cost: number
  /** Bytes for the stream, in order, made as they are taken. */
  readonly chunks: AsyncIterable<Uint8Array>
}

/** Undefined for bytes that are no request of that name. */
export type AnswerServed = (name: ServedName, ssz: Uint8Array) => ServedAnswer | undefined

/**
 * What a peer can do wrong while it asks us; failures of our own requests are `ReqRespError`s instead.
 * - `bad_frame`: snappy frames that do not decode, or grow past the bound of the announced length
 * - `bad_length`: a length prefix that is no uvarint or is not the exact size of the type
 * - `bad_ssz`: the right number of bytes, but not a value of the type
 * - `trailing_bytes`: more bytes than the request it announced
 * - `incomplete`: the write side closed before the announced bytes were in
 * - `timeout`: the announced bytes were not in within the read limit
 * - `rate_limited`: over the quota, or over two concurrent requests of one protocol
 * - `too_many_streams`: over 32 inbound streams at once
 */
export type ViolationKind =
  | 'bad_frame'
  | 'bad_length'
  | 'bad_ssz'
  | 'trailing_bytes'
  | 'incomplete'
  | 'timeout'
  | 'rate_limited'
  | 'too_many_streams'

/** What we say of ourselves, asked at each use so that an answer is never stale. */
export interface LocalNode {
  /** `earliestAvailableSlot` undefined is sent as `headSlot` in status/2: we serve nothing older. */
  status(): Status
  /** Undefined `syncnets` or `custodyGroupCount` are sent as zero. */
  metadata(): Metadata
}

/** Called synchronously from stream handlers; what they throw is logged and goes no further. */
export interface ReqRespHooks {
  /** A peer's own Status, in its request to us. */
  onStatus(peerId: PeerIdStr, status: Status): void
  /** A peer's metadata sequence number, in its ping to us. */
  onPing(peerId: PeerIdStr, seqNumber: bigint): void
  /** The stream is closed by us; the connection is the peer manager's to close. */
  onGoodbye(peerId: PeerIdStr, reason: bigint): void
  /** `protocol` is the full negotiated protocol id. */
  onViolation(peerId: PeerIdStr, kind: ViolationKind, protocol: string): void
}

/**
 * Node records (EIP-778) as plain data. In: text, or a record that the discovery library took from the wire. Out: each
 * field in exactly the form that the specification gives it, or undefined. Nobody but the signer vouches for a record's
 * content, so nothing here believes more than the signature says.
 */
import { ENR, getV4Crypto } from '@chainsafe/enr'
import { RelayError } from '../shared/errors.ts'
import { toHex } from '../shared/hex.ts'
import type { NodeRecord } from '../shared/node-record.ts'
import { NUMBER_OF_CUSTODY_GROUPS } from './custody.ts'
import { addressesOf, ipText, portOf } from './node-record-addresses.ts'
import { encodeRlp, integerBytes, type RlpItem } from './rlp-encode.ts'

/** Largest encoded record (EIP-778, "RLP Encoding"). */
export const MAX_RECORD_BYTES = 300
const TEXT_PREFIX = 'enr:'
/** Base64 of the largest record, without padding. */
const MAX_TEXT_CHARACTERS = TEXT_PREFIX.length + Math.ceil((MAX_RECORD_BYTES * 4) / 3)
const COMPRESSED_KEY_BYTES = 33
const SIGNATURE_BYTES = 64
const MAX_SEQUENCE = 2n ** 64n - 1n
/** Longest text of a library's error that is passed on. */
const MAX_REASON_CHARACTERS = 100

/** Lengths of the consensus layer's fields (consensus-specs phase0, altair and fulu p2p-interface, "ENR structure"). */
const ETH2_BYTES = 16
const NFD_BYTES = 4
const ATTNETS_BYTES = 8
/** Bits of `syncnets`, a bitvector of 4, that must be clear. */
const SYNCNETS_PADDING = 0xf0

/**
 * Decodes a record and verifies its signature.
 * @throws RelayError BAD_ENR, saying what is wrong, and nothing else
 */
export function decodeNodeRecord(text: string): NodeRecord {
  const bytes = bytesOfText(text)
  const record = decodeBytes(bytes)
  // The library verifies what it understood; only when that encodes to the same bytes was this what it got.
  if (!Buffer.from(encodingOf(record)).equals(bytes)) throw badRecord('not in canonical form')
  return describe(record, bytes)
}

/**
 * The same of a record that was decoded elsewhere. The library keeps no bytes of what it takes from the wire, and
 * accepts a key twice: the signature is verified anew over what is passed on.
 * @throws RelayError BAD_ENR
 */
export function nodeRecordOf(record: ENR): NodeRecord {
  const bytes = encodingOf(record)
  if (bytes.length > MAX_RECORD_BYTES) throw badRecord(`over ${MAX_RECORD_BYTES} bytes`)
  if (!isSigned(record)) throw badRecord('its signature does not fit')
  return describe(record, bytes)
}

function badRecord(reason: string, cause?: unknown): RelayError {
  return new RelayError('BAD_ENR', `invalid ENR: ${reason}`, {}, cause === undefined ? {} : { cause })
}

function bytesOfText(text: string): Buffer {
  if (!text.startsWith(TEXT_PREFIX)) throw badRecord(`it must begin with ${TEXT_PREFIX}`)
  if (text.length > MAX_TEXT_CHARACTERS) throw badRecord(`over ${MAX_RECORD_BYTES} bytes`)
  const body = text.slice(TEXT_PREFIX.length)
  const bytes = Buffer.from(body, 'base64url')
  // Node skips what is no base64; encoded again it must be what was given.
  if (bytes.toString('base64url') !== body) throw badRecord('not base64url without padding')
  return bytes
}

function decodeBytes(bytes: Uint8Array): ENR {
  try {
    return ENR.decode(new Uint8Array(bytes))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw badRecord(why.slice(0, MAX_REASON_CHARACTERS), cause)
  }
}

/** What was signed: the pairs, sorted by key. A value may be a list, whatever the library's type says. */
function contentOf(record: ENR): RlpItem[] {
  const pairs = [...record.kvs].map(([key, value]): [Buffer, RlpItem] => [Buffer.from(key, 'utf8'), value])
  return [integerBytes(record.seq), ...pairs.sort(([a], [b]) => Buffer.compare(a, b)).flat()]
}

function encodingOf(record: ENR): Uint8Array {
  return encodeRlp([record.signature, ...contentOf(record)])
}

function isSigned(record: ENR): boolean {
  try {
    return getV4Crypto().verify(record.publicKey, encodeRlp(contentOf(record)), record.signature)
  } catch {
    return false
  }
}

function describe(record: ENR, bytes: Uint8Array): NodeRecord {
  const { seq, signature } = record
  if (seq > MAX_SEQUENCE) throw badRecord('its sequence number has over 64 bits')
  if (signature.length !== SIGNATURE_BYTES) throw badRecord(`its signature has not ${SIGNATURE_BYTES} bytes`)
  if (fieldOf(record, 'secp256k1')?.length !== COMPRESSED_KEY_BYTES) throw badRecord('its key is not compressed')
  const peerId = record.peerId.toString()
  const field = (key: string): Uint8Array | undefined => fieldOf(record, key)
  const ip = ipText(field('ip'), 4)
  const ip6 = ipText(field('ip6'), 6)
  return {
    enr: `${TEXT_PREFIX}${Buffer.from(bytes).toString('base64url')}`,
    peerId,
    nodeIdHex: record.nodeId,
    seq: seq.toString(),
    ip,
    udp: portOf(field('udp')),
    ip6,
    udp6: portOf(field('udp6')),
    addresses: addressesOf({ ip, ip6, field, peerId }),
    ...forkFields(field('eth2')),
    nextForkDigestHex: hexOf(field('nfd'), NFD_BYTES),
    attnetsHex: hexOf(field('attnets'), ATTNETS_BYTES),
    syncnetsHex: syncnetsOf(field('syncnets')),
    custodyGroupCount: custodyGroupCountOf(field('cgc')),
  }
}

/** A field's bytes; undefined when it is missing or a list. */
function fieldOf(record: ENR, key: string): Uint8Array | undefined {
  const value: unknown = record.kvs.get(key)
  return value instanceof Uint8Array ? value : undefined
}

function hexOf(bytes: Uint8Array | undefined, length: number): string | undefined {
  return bytes?.length === length ? toHex(bytes) : undefined
}

/** ENRForkID: digest, next version, next epoch (u64 LE). An epoch beyond 2^53 comes as little as the one that says so. */
function forkFields(
  bytes: Uint8Array | undefined,
): Pick<NodeRecord, 'forkDigestHex' | 'nextForkVersionHex' | 'nextForkEpoch'> {
  if (bytes?.length !== ETH2_BYTES) {
    return { forkDigestHex: undefined, nextForkVersionHex: undefined, nextForkEpoch: undefined }
  }
  const epoch = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getBigUint64(8, true)
  return {
    forkDigestHex: toHex(bytes.subarray(0, 4)),
    nextForkVersionHex: toHex(bytes.subarray(4, 8)),
    nextForkEpoch: epoch > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(epoch),
  }
}

function syncnetsOf(bytes: Uint8Array | undefined): string | undefined {
  const [bits = SYNCNETS_PADDING] = bytes ?? []
  return bytes?.length === 1 && (bits & SYNCNETS_PADDING) === 0 ? toHex(bytes) : undefined
}

/** Big-endian without leading zeros, at most all groups there are (fulu p2p-interface, "Custody group count"): one byte. */
function custodyGroupCountOf(bytes: Uint8Array | undefined): number | undefined {
  if (bytes === undefined || bytes.length > 1) return undefined
  const [count = 0] = bytes
  const isCanonical = bytes.length === 0 || count > 0
  return isCanonical && count <= NUMBER_OF_CUSTODY_GROUPS ? count : undefined
}

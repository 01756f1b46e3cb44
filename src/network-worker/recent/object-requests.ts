/**
 * The requests for recent objects (specs/phase0, altair and fulu p2p-interface.md). Answers undefined for bytes that are
 * no value of the type, and for a range of no slots, which the specification calls invalid. Nothing throws.
 */
import { NUMBER_OF_COLUMNS } from '../../consensus/custody.ts'
import { readOffset } from '../../consensus/ssz/ssz-layout.ts'
import { readUint64 } from '../../consensus/ssz/ssz-read.ts'
import { toHex } from '../../shared/hex.ts'
import { writeClampedUint64 } from '../reqresp/codec/uint64.ts'

/** MAX_REQUEST_BLOCKS_DENEB, specs/deneb/p2p-interface.md: blocks of an answer, whatever the fork. */
export const MAX_REQUEST_BLOCKS = 128
/** MAX_REQUEST_BLOCKS, specs/phase0/p2p-interface.md: before Deneb so many roots may be asked for. */
export const MAX_REQUEST_ROOTS = 1024

const ROOT_BYTES = 32
const UINT64_BYTES = 8
const OFFSET_BYTES = 4
/** start_slot, count, step. */
const BLOCK_RANGE_BYTES = 24
/** start_slot, count, the offset of the columns. */
const COLUMN_RANGE_HEAD_BYTES = 20
/** block_root, the offset of the columns. */
const IDENTIFIER_HEAD_BYTES = 36

/** Shortest and longest SSZ of each request. */
export const REQUEST_BYTES = {
  blocksByRange: { min: BLOCK_RANGE_BYTES, max: BLOCK_RANGE_BYTES },
  blocksByRoot: { min: 0, max: MAX_REQUEST_ROOTS * ROOT_BYTES },
  columnsByRange: {
    min: COLUMN_RANGE_HEAD_BYTES,
    max: COLUMN_RANGE_HEAD_BYTES + NUMBER_OF_COLUMNS * UINT64_BYTES,
  },
  columnsByRoot: {
    min: 0,
    max: MAX_REQUEST_BLOCKS * (OFFSET_BYTES + IDENTIFIER_HEAD_BYTES + NUMBER_OF_COLUMNS * UINT64_BYTES),
  },
} as const

export interface SlotRange {
  readonly startSlot: number
  /** 1 to `MAX_REQUEST_BLOCKS`: whatever more was asked for is cut off. */
  readonly count: number
}

export interface ColumnsOfBlock {
  readonly rootHex: string
  /** Ascending, each once, all below NUMBER_OF_COLUMNS. */
  readonly columns: readonly number[]
}

/** BeaconBlocksByRangeRequest; its step, which has been deprecated, is not looked at. */
export function decodeBlocksByRange(ssz: Uint8Array): SlotRange | undefined {
  return ssz.length === BLOCK_RANGE_BYTES ? rangeOf(ssz) : undefined
}

/** BeaconBlocksByRangeRequest, as it is asked: its step has to be 1 (specs/phase0/p2p-interface.md). */
export function encodeBlocksByRange({ startSlot, count }: SlotRange): Uint8Array {
  const bytes = new Uint8Array(BLOCK_RANGE_BYTES)
  for (const [index, value] of [startSlot, count, 1].entries()) writeClampedUint64(bytes, index * UINT64_BYTES, value)
  return bytes
}

/** BeaconBlocksByRootRequest: roots in the order asked for, each once. */
export function decodeBlocksByRoot(ssz: Uint8Array): readonly string[] | undefined {
  if (ssz.length % ROOT_BYTES !== 0 || ssz.length > REQUEST_BYTES.blocksByRoot.max) return undefined
  const roots = new Set<string>()
  for (let at = 0; at < ssz.length; at += ROOT_BYTES) roots.add(toHex(ssz.subarray(at, at + ROOT_BYTES)))
  return [...roots]
}

/** DataColumnSidecarsByRangeRequest. */
export function decodeColumnsByRange(
  ssz: Uint8Array,
): (SlotRange & { readonly columns: readonly number[] }) | undefined {
  if (ssz.length < COLUMN_RANGE_HEAD_BYTES) return undefined
  if (readOffset(ssz, 2 * UINT64_BYTES) !== COLUMN_RANGE_HEAD_BYTES) return undefined
  const range = rangeOf(ssz)
  const columns = columnsOf(ssz.subarray(COLUMN_RANGE_HEAD_BYTES))
  return range === undefined || columns === undefined ? undefined : { ...range, columns }
}

/** A list of DataColumnsByRootIdentifier, in the order asked for. */
export function decodeColumnsByRoot(ssz: Uint8Array): readonly ColumnsOfBlock[] | undefined {
  if (ssz.length === 0) return []
  if (ssz.length < OFFSET_BYTES) return undefined
  const firstAt = readOffset(ssz, 0)
  const count = firstAt / OFFSET_BYTES
  if (!Number.isInteger(count) || count < 1 || count > MAX_REQUEST_BLOCKS || firstAt > ssz.length) return undefined
  const asked: ColumnsOfBlock[] = []
  for (let i = 0; i < count; i++) {
    const start = readOffset(ssz, i * OFFSET_BYTES)
    const end = i + 1 < count ? readOffset(ssz, (i + 1) * OFFSET_BYTES) : ssz.length
    const identifier = start <= end && end <= ssz.length ? decodeIdentifier(ssz.subarray(start, end)) : undefined
    if (identifier === undefined) return undefined
    asked.push(identifier)
  }
  return asked
}

function decodeIdentifier(ssz: Uint8Array): ColumnsOfBlock | undefined {
  if (ssz.length < IDENTIFIER_HEAD_BYTES || readOffset(ssz, ROOT_BYTES) !== IDENTIFIER_HEAD_BYTES) return undefined
  const columns = columnsOf(ssz.subarray(IDENTIFIER_HEAD_BYTES))
  return columns === undefined ? undefined : { rootHex: toHex(ssz.subarray(0, ROOT_BYTES)), columns }
}

function rangeOf(ssz: Uint8Array): SlotRange | undefined {
  const count = readUint64(ssz, UINT64_BYTES)
  return count < 1 ? undefined : { startSlot: readUint64(ssz, 0), count: Math.min(count, MAX_REQUEST_BLOCKS) }
}

/** A List[ColumnIndex, NUMBER_OF_COLUMNS]; columns that no block has are left out. */
function columnsOf(ssz: Uint8Array): readonly number[] | undefined {
  if (ssz.length % UINT64_BYTES !== 0 || ssz.length > NUMBER_OF_COLUMNS * UINT64_BYTES) return undefined
  const columns = new Set<number>()
  for (let at = 0; at < ssz.length; at += UINT64_BYTES) {
    const column = readUint64(ssz, at)
    if (column < NUMBER_OF_COLUMNS) columns.add(column)
  }
  return [...columns].sort((a, b) => a - b)
}

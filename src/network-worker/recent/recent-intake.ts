/**
 * From messages to objects of the ring: opened, framed as Req/Resp sends them, and named by their block's root. Once
 * when they come, so that serving them costs no more than reading a file. In: blocks whose root is known, columns as
 * they came. A column's root is that of the header that it carries.
 */
import { NUMBER_OF_COLUMNS } from '../../consensus/custody.ts'
import type { ForkSchedule } from '../../consensus/fork-schedule.ts'
import { type ForkName, isForkAtLeast, type PresetName } from '../../consensus/network-config.ts'
import { decompressBlock } from '../../consensus/snappy/snappy-block.ts'
import { encodeFrames } from '../../consensus/snappy/snappy-frames.ts'
import { peekBlock } from '../../consensus/ssz/ssz-peek.ts'
import { gossipType } from '../../consensus/ssz-types/gossip-types.ts'
import { Fifo } from '../../shared/fifo.ts'
import { toHex } from '../../shared/hex.ts'
import { encodeUvarint } from '../reqresp/codec/framing.ts'
import { fuluColumnViews, gloasColumnViews } from '../validation/views/data-column.ts'
import { blockViews } from '../validation/views/signed-block.ts'
import type { RecentObjects } from './recent-objects.ts'
import type { RecentHead } from './record.ts'

/** Columns that wait to be opened: those of two slots, as in the ring's own queue. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024
/** Longer than all that is read of a column: its index, three offsets, a signed header, a root. */
const MIN_COLUMN_BYTES = 256
const ZERO_ROOT_HEX = '0'.repeat(64)

/** A message that passed, compressed as it came. */
export interface PassedObject {
  readonly fork: ForkName
  readonly data: Uint8Array
  /** Bound of its topic without compression. */
  readonly maxSszBytes: number
}

/** A block that passed. */
export interface PassedBlock extends PassedObject {
  /** More speaks for it than the word of one peer. */
  readonly isVouched: boolean
}

export interface RecentIntakeDeps {
  readonly objects: Pick<RecentObjects, 'put'>
  readonly schedule: Pick<ForkSchedule, 'at'>
  readonly slotsPerEpoch: number
  readonly preset: PresetName
}

interface ColumnFacts {
  readonly slot: number
  readonly rootHex: string
  readonly columnIndex: number
}

export class RecentIntake {
  readonly #deps: RecentIntakeDeps
  readonly #columns = new Fifo<PassedObject>()
  /** One a fork, each. */
  readonly #readers = new Map<ForkName, ReadColumn>()
  readonly #counters = new Map<ForkName, CountBlobs>()
  #waitingBytes = 0
  #turn: NodeJS.Immediate | undefined
  #dropped = 0

  constructor(deps: RecentIntakeDeps) {
    this.#deps = deps
  }

  /** Columns that were not taken, for want of room. */
  get dropped(): number {
    return this.#dropped
  }

  /** A block that was hashed. `root` with or without `0x`. */
  onBlock({ fork, data, maxSszBytes, isVouched }: PassedBlock, root: string): void {
    const opened = decompressBlock(data, 0, maxSszBytes)
    const peeked = opened.ok ? peekBlock(opened.bytes) : undefined
    if (!opened.ok || peeked === undefined) return
    const { slot, parentRootHex } = peeked
    const blobCount = this.#counterOf(fork)(opened.bytes)
    const named = { slot, rootHex: root.replace(/^0x/, ''), parentRootHex }
    this.#put({ kind: 'block', ...named, columnIndex: 0, blobCount }, opened.bytes, isVouched)
  }

  /** Called as a column passes: it is copied here, and opened in a turn of its own. */
  onColumn({ fork, data, maxSszBytes }: PassedObject): void {
    if (this.#waitingBytes + data.length > MAX_WAITING_BYTES) {
      this.#dropped++
      return
    }
    this.#columns.push({ fork, data: new Uint8Array(data), maxSszBytes })
    this.#waitingBytes += data.length
    this.#turn ??= setImmediate(() => this.#open())
  }

  /** What waits is forgotten. */
  stop(): void {
    if (this.#turn !== undefined) clearImmediate(this.#turn)
    this.#turn = undefined
    while (this.#columns.shift() !== undefined) {
      // Emptied.
    }
    this.#waitingBytes = 0
  }

  /** One column a turn: what else is to be done comes between. */
  #open(): void {
    this.#turn = undefined
    const column = this.#columns.shift()
    if (column === undefined) return
    this.#waitingBytes -= column.data.length
    const opened = decompressBlock(column.data, 0, column.maxSszBytes)
    // Without validation anything may pass for a column.
    if (opened.ok && opened.bytes.length >= MIN_COLUMN_BYTES) {
      const facts = this.#readerOf(column.fork)(opened.bytes)
      if (facts.columnIndex < NUMBER_OF_COLUMNS) {
        this.#put({ kind: 'column', parentRootHex: ZERO_ROOT_HEX, blobCount: 0, ...facts }, opened.bytes)
      }
    }
    if (this.#columns.length > 0) this.#turn = setImmediate(() => this.#open())
  }

  #readerOf(fork: ForkName): ReadColumn {
    const known = this.#readers.get(fork)
    if (known !== undefined) return known
    const reader = columnReader(fork, this.#deps.preset)
    this.#readers.set(fork, reader)
    return reader
  }

  #counterOf(fork: ForkName): CountBlobs {
    const known = this.#counters.get(fork)
    if (known !== undefined) return known
    const counter = blobCounter(fork, this.#deps.preset)
    this.#counters.set(fork, counter)
    return counter
  }

  #put(head: Omit<RecentHead, 'digestHex' | 'sszBytes'>, ssz: Uint8Array, isVouched = false): void {
    const { objects, schedule, slotsPerEpoch } = this.#deps
    const { digestHex } = schedule.at(Math.floor(head.slot / slotsPerEpoch))
    const payload = Buffer.concat([encodeUvarint(ssz.length), encodeFrames(ssz)])
    objects.put({ ...head, digestHex, sszBytes: ssz.length }, payload, isVouched)
  }
}

type ReadColumn = (ssz: Uint8Array) => ColumnFacts
type CountBlobs = (ssz: Uint8Array) => number

/**
 * Counts the blobs whose columns are due with a block. Before Fulu there are none, and from Gloas on they come with the
 * payload, which its builder may keep.
 */
function blobCounter(fork: ForkName, preset: PresetName): CountBlobs {
  if (!isForkAtLeast(fork, 'fulu') || isForkAtLeast(fork, 'gloas')) return () => 0
  const view = blockViews(gossipType('beacon_block', fork, preset), fork)
  return (ssz) => Math.max(0, Math.floor(view(ssz).blobCount))
}

function columnReader(fork: ForkName, preset: PresetName): ReadColumn {
  const type = gossipType('data_column_sidecar', fork, preset)
  if (isForkAtLeast(fork, 'gloas')) {
    const view = gloasColumnViews(type)
    return (ssz) => {
      const { slot, blockRoot, index } = view(ssz)
      return { slot, rootHex: toHex(blockRoot), columnIndex: index }
    }
  }
  const view = fuluColumnViews(type)
  return (ssz) => {
    const { slot, headerRoot, index } = view(ssz)
    return { slot, rootHex: toHex(headerRoot), columnIndex: index }
  }
}

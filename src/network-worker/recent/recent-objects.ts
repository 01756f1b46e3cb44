/**
 * The ring of recent objects: what passed in the last slots, in segment files of a few slots each, with an index in
 * memory. In: objects, never awaited. Out: their payloads, read when somebody asks. One writer works in order on a
 * queue that is bounded in bytes; what does not fit, and what cannot be written, is counted and not held.
 */
import { mkdir, readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../shared/clock.ts'
import { Fifo } from '../../shared/fifo.ts'
import type { Logger } from '../../shared/logger.ts'
import type { Link } from './held-chain.ts'
import { MAX_OBJECTS_PER_SLOT, RecentIndex } from './recent-index.ts'
import { MAX_PAYLOAD_BYTES, type RecentHead } from './record.ts'
import { type Place, Segment } from './segment.ts'

/** Slots of a segment: the ring holds up to as many more than it was asked to. */
export const SEGMENT_SLOTS = 8
/** A slot of mainnet with 21 blobs in all columns has 6 MB: room for two, and then a disk that stalls costs objects. */
const MAX_QUEUE_BYTES = 16 * 1024 * 1024
/** All columns of 64 such slots take 400 MB; past this the oldest segment goes, whatever fills the rest. */
const MAX_DISK_BYTES = 1024 ** 3
/** Objects of a segment that are indexed. */
const MAX_SEGMENT_RECORDS = SEGMENT_SLOTS * MAX_OBJECTS_PER_SLOT
/** Objects of one write: their checksums and copies are one turn of the thread, under a millisecond. */
const MAX_BATCH = 16
const LOG_PERIOD_MS = 60_000

/** Columns come up to so long after their block: until then, that they are not here says nothing. */
const COLUMNS_DUE_SLOTS = 2

/** A payload with the head it is found by. A block that something vouches for has room when its slot has enough of others. */
export type RecentObject = readonly [head: RecentHead, payload: Uint8Array, isVouched?: boolean]

/** Why objects are not held. */
export type RecentDrop = 'queue_full' | 'write_failed' | 'out_of_window' | 'too_long' | 'no_room'

/** How far the chain that we hold goes, as Status tells it. */
export interface HeldSpan {
  readonly head: Link
  /** The first slot from which all blocks, and the columns that are due with them, are here; undefined while none is. */
  readonly earliestSlot: number | undefined
}

export interface RecentObjectsDeps {
  /** Of the segments, and of nothing else; made when it is not there. */
  readonly dir: string
  /** How many slots back objects are held. */
  readonly slots: number
  /** The columns that peers are told we keep. */
  readonly dueColumns: readonly number[]
  readonly clock: Clock
  readonly currentSlot: () => number
  readonly log: Logger
  /** Bounds, smaller ones in tests. */
  readonly maxQueueBytes?: number
  readonly maxDiskBytes?: number
}

export class RecentObjects {
  readonly #deps: RecentObjectsDeps
  readonly #index = new RecentIndex()
  /** By the number of the segment. */
  readonly #segments = new Map<number, Segment>()
  readonly #queue = new Fifo<RecentObject>()
  readonly #drops: Record<RecentDrop, number> = {
    queue_full: 0,
    write_failed: 0,
    out_of_window: 0,
    too_long: 0,
    no_room: 0,
  }
  #queuedBytes = 0
  #writing: Promise<void> | undefined
  #isOpen = false
  #loggedAtMs = Number.NEGATIVE_INFINITY

  constructor(deps: RecentObjectsDeps) {
    this.#deps = deps
  }

  /**
   * Finds what an earlier run left; segments that are past are deleted, and those that cannot be read left out.
   * @throws what the file system says when the directory cannot be made or read
   */
  async start(): Promise<void> {
    const { dir } = this.#deps
    await mkdir(dir, { recursive: true, mode: 0o700 })
    const numbers = (await readdir(dir)).flatMap((name) => segmentNumber(name) ?? [])
    await Promise.all(numbers.map((number) => this.#restore(number).catch((err: unknown) => this.#report(err))))
    this.#isOpen = true
  }

  /** Writes what waits, and closes the files. Idempotent. */
  async stop(): Promise<void> {
    this.#isOpen = false
    await this.#writing
    await Promise.all([...this.#segments.values()].map((segment) => segment.close()))
  }

  /** Takes an object to be written; `payload` must be the caller's to give. Objects that are here already are left out. */
  put(head: RecentHead, payload: Uint8Array, isVouched = false): void {
    if (!this.#isOpen) return
    const refusal = this.#refusalOf(head, payload)
    if (refusal !== undefined) {
      this.#drops[refusal]++
      return
    }
    this.#queue.push([head, payload, isVouched])
    this.#queuedBytes += payload.length
    this.#writing ??= this.#write()
  }

  /** Resolves when all that was put is written. */
  async written(): Promise<void> {
    await this.#writing
  }

  get drops(): Readonly<Record<RecentDrop, number>> {
    return this.#drops
  }

  /** Objects held, their bytes on disk, and bytes that wait for it. */
  get figures(): { readonly objects: number; readonly diskBytes: number; readonly queuedBytes: number } {
    return { objects: this.#index.size, diskBytes: this.#diskBytes, queuedBytes: this.#queuedBytes }
  }

  /** The blocks that are one chain, oldest first: each is here, and the next one's parent. */
  get chain(): readonly Link[] {
    const fromSlot = this.#deps.currentSlot() - this.#deps.slots + 1
    return this.#index.chain.filter(({ slot }) => slot >= fromSlot)
  }

  /** Undefined while there is no chain. What was lost, damaged or never came is not told, whatever the reason. */
  get span(): HeldSpan | undefined {
    const { currentSlot, dueColumns } = this.#deps
    // Behind a clock that was set back, blocks may be ahead of it.
    const chain = this.chain.filter(({ slot }) => slot <= currentSlot())
    const head = chain.at(-1)
    if (head === undefined) return undefined
    let earliestSlot: number | undefined
    for (const { rootHex, slot } of chain.toReversed()) {
      const isDue = slot <= currentSlot() - COLUMNS_DUE_SLOTS
      if (isDue && !this.#index.isWhole(rootHex, dueColumns)) break
      earliestSlot = slot
    }
    return { head, earliestSlot }
  }

  block(rootHex: string): Place | undefined {
    return this.#index.block(rootHex)
  }

  column(rootHex: string, index: number): Place | undefined {
    return this.#index.column(rootHex, index)
  }

  /** The payload at `place`; undefined when it is gone, or damaged: from then on it is not told to be here. */
  async read(place: Place): Promise<Uint8Array | undefined> {
    const payload = await place.segment.read(place)
    if (payload === undefined) this.#index.lose(place)
    return payload
  }

  async #write(): Promise<void> {
    // In a turn of its own: whoever puts an object has messages to forward.
    await new Promise((resolve) => setImmediate(resolve))
    for (let batch = this.#nextBatch(); batch.length > 0; batch = this.#nextBatch()) {
      // Blocks first: they make room for their columns.
      await this.#append(batch.filter(([{ kind }]) => kind === 'block'))
      await this.#append(batch.filter(([{ kind }]) => kind === 'column'))
      // After a failure above all: a full disk has room again when past segments go.
      await this.#evict().catch((err: unknown) => this.#report(err))
      for (const [, payload] of batch) this.#queuedBytes -= payload.length
    }
    this.#writing = undefined
  }

  /** What lies in front of the queue and goes into one segment. */
  #nextBatch(): readonly RecentObject[] {
    const batch: RecentObject[] = []
    for (let next = this.#queue.peek(); next !== undefined && batch.length < MAX_BATCH; next = this.#queue.peek()) {
      const [first] = batch
      if (first !== undefined && numberOf(first[0].slot) !== numberOf(next[0].slot)) break
      batch.push(next)
      this.#queue.shift()
    }
    return batch
  }

  /** Writes objects of one segment. Never throws: what cannot be written is counted. */
  async #append(objects: readonly RecentObject[]): Promise<void> {
    const [first] = objects
    if (first === undefined) return
    try {
      const number = numberOf(first[0].slot)
      const segment = this.#segments.get(number) ?? (await this.#openSegment(number))
      const fresh = this.#freshOf(objects)
      const places = await segment.append(fresh.map(([head, payload]) => [head, payload]))
      for (const [index, place] of places.entries()) {
        if (!this.#index.add(place, fresh[index]?.[2] === true)) this.#drops.no_room++
      }
    } catch (error) {
      this.#drops.write_failed += objects.length
      this.#report(error)
    }
  }

  /** Those that are not here yet and that there is room for, each once. */
  #freshOf(objects: readonly RecentObject[]): readonly RecentObject[] {
    const fresh = new Map<string, RecentObject>()
    const blocksOf = new Map<number, number>()
    for (const object of objects) {
      const [head, , isVouched = false] = object
      const key = `${head.rootHex} ${head.columnIndex}`
      const before = blocksOf.get(head.slot) ?? 0
      if (fresh.has(key) || !this.#index.hasRoomFor(head, isVouched, before)) continue
      fresh.set(key, object)
      if (head.kind === 'block') blocksOf.set(head.slot, before + 1)
    }
    return [...fresh.values()]
  }

  /** Segments of the window are opened. Others are deleted: past ones, and those of a clock that was ahead. */
  async #restore(number: number): Promise<void> {
    const isAhead = number > numberOf(Math.max(0, this.#deps.currentSlot() + 1))
    if (this.#isPast(number) || isAhead) await unlink(this.#pathOf(number))
    else await this.#openSegment(number)
  }

  #pathOf(number: number): string {
    return join(this.#deps.dir, `${number}${SUFFIX}`)
  }

  async #openSegment(number: number): Promise<Segment> {
    const path = this.#pathOf(number)
    const { segment, places } = await Segment.open(path, MAX_SEGMENT_RECORDS)
    this.#segments.set(number, segment)
    // A head that is whole but of another segment's slots would outlive its slot. What vouched for one was asked then.
    for (const place of places) if (numberOf(place.head.slot) === number) this.#index.add(place, true)
    return segment
  }

  /** Deletes segments that are past, and the oldest ones while the disk has too much. */
  async #evict(): Promise<void> {
    const { maxDiskBytes = MAX_DISK_BYTES } = this.#deps
    for (const number of [...this.#segments.keys()].toSorted((a, b) => a - b)) {
      if (!this.#isPast(number) && (this.#diskBytes <= maxDiskBytes || this.#segments.size === 1)) break
      const segment = this.#segments.get(number)
      this.#segments.delete(number)
      if (segment === undefined) continue
      this.#index.forget(segment)
      await segment.remove()
    }
  }

  get #diskBytes(): number {
    let bytes = 0
    for (const segment of this.#segments.values()) bytes += segment.bytes
    return bytes
  }

  /** True when all slots of a segment are before the window. */
  #isPast(number: number): boolean {
    return (number + 1) * SEGMENT_SLOTS <= this.#deps.currentSlot() - this.#deps.slots + 1
  }

  #refusalOf({ slot }: RecentHead, { length }: Uint8Array): RecentDrop | undefined {
    const { currentSlot, maxQueueBytes = MAX_QUEUE_BYTES } = this.#deps
    if (slot > currentSlot() + 1 || this.#isPast(numberOf(slot))) return 'out_of_window'
    if (length > MAX_PAYLOAD_BYTES) return 'too_long'
    return this.#queuedBytes + length > maxQueueBytes ? 'queue_full' : undefined
  }

  #report(err: unknown): void {
    const nowMs = this.#deps.clock.monotonicMs()
    if (nowMs - this.#loggedAtMs < LOG_PERIOD_MS) return
    this.#loggedAtMs = nowMs
    this.#deps.log.warn({ err, drops: this.#drops }, 'recent blocks and columns are not kept')
  }
}

const SUFFIX = '.recent'

function numberOf(slot: number): number {
  return Math.floor(slot / SEGMENT_SLOTS)
}

/** Of a file's name; undefined when it is none that we would write. */
function segmentNumber(name: string): number | undefined {
  const digits = name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : ''
  return /^(0|[1-9]\d{0,14})$/.test(digits) ? Number(digits) : undefined
}

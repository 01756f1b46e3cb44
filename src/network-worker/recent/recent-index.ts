import { NUMBER_OF_COLUMNS } from '../../consensus/custody.ts'
import { heldChain, type Link } from './held-chain.ts'
import type { RecentHead } from './record.ts'
import type { Place, Segment } from './segment.ts'

/**
 * Blocks of one slot that are kept when nothing vouches for them: what is hashed of one slot of the clock
 * (stats/block-budget.ts). One proposer has one block a slot; the others are forged, or its own crime.
 */
const MAX_BLOCKS_PER_SLOT = 4
/**
 * Room besides for those that something vouches for: all that may pass of one slot without a right signature
 * (validation/claim-limits.ts). Which they are is not kept: of others no more than four are ever let in.
 */
const MAX_VOUCHED_PER_SLOT = 8
/** Columns of one index and slot that are kept without their blocks; those of the blocks that are here have room besides. */
const MAX_COLUMN_VARIANTS = 2
const MAX_ALL_BLOCKS_PER_SLOT = MAX_BLOCKS_PER_SLOT + MAX_VOUCHED_PER_SLOT
/** Objects of one slot, at the most. */
export const MAX_OBJECTS_PER_SLOT =
  MAX_ALL_BLOCKS_PER_SLOT + (MAX_ALL_BLOCKS_PER_SLOT + MAX_COLUMN_VARIANTS) * NUMBER_OF_COLUMNS

/** A block, with its columns by index. Columns may be there without the block. */
interface Entry {
  readonly slot: number
  block: Place | undefined
  readonly columns: Map<number, Place>
}

/** Where recent objects lie: by root, by slot, and as a chain. Bounded by whoever forgets segments and by slot. */
export class RecentIndex {
  readonly #entries = new Map<string, Entry>()
  readonly #rootsBySlot = new Map<number, Set<string>>()
  #chain: readonly Link[] | undefined

  /** Objects held. */
  get size(): number {
    let size = 0
    for (const { block, columns } of this.#entries.values()) size += columns.size + (block === undefined ? 0 : 1)
    return size
  }

  /** False for what is here, and for what its slot has enough of. `before`: blocks of the slot that go before it. */
  hasRoomFor(
    head: Pick<RecentHead, 'kind' | 'slot' | 'rootHex' | 'columnIndex'>,
    isVouched: boolean,
    before = 0,
  ): boolean {
    const { kind, slot, rootHex, columnIndex } = head
    const known = this.#entries.get(rootHex)
    if (kind === 'block' ? known?.block !== undefined : known?.columns.has(columnIndex)) return false
    // A forger of columns, who has no block, does not keep out those of one that is here.
    if (kind === 'column' && known?.block !== undefined) return true
    let others = 0
    for (const root of this.#rootsBySlot.get(slot) ?? []) {
      const entry = this.#entries.get(root)
      const isOther = kind === 'block' ? entry?.block !== undefined : entry?.columns.has(columnIndex) && !entry.block
      if (isOther) others++
    }
    if (kind === 'column') return others < MAX_COLUMN_VARIANTS
    return others + before < (isVouched ? MAX_ALL_BLOCKS_PER_SLOT : MAX_BLOCKS_PER_SLOT)
  }

  /** False when there is no room for it. */
  add(place: Place, isVouched: boolean): boolean {
    const { head } = place
    if (!this.hasRoomFor(head, isVouched)) return false
    const known = this.#entries.get(head.rootHex)
    if (known !== undefined && known.slot !== head.slot) {
      // A column says of itself which slot its block has: one that lies is none of that block, and does not keep it out.
      if (head.kind === 'column' || known.block !== undefined) return false
      this.#drop(head.rootHex, known.slot)
    }
    const entry = this.#entries.get(head.rootHex) ?? { slot: head.slot, block: undefined, columns: new Map() }
    this.#entries.set(head.rootHex, entry)
    const roots = this.#rootsBySlot.get(head.slot) ?? new Set()
    this.#rootsBySlot.set(head.slot, roots.add(head.rootHex))
    if (head.kind === 'column') entry.columns.set(head.columnIndex, place)
    else {
      entry.block = place
      this.#chain = undefined
    }
    return true
  }

  /** Forgets all that lies in a segment. */
  forget(segment: Segment): void {
    for (const [rootHex, entry] of this.#entries) {
      if (entry.block?.segment === segment) entry.block = undefined
      for (const [index, place] of entry.columns) if (place.segment === segment) entry.columns.delete(index)
      this.#dropIfEmpty(rootHex, entry)
    }
    this.#chain = undefined
  }

  /** Forgets one object, which turned out to be damaged. */
  lose(place: Place): void {
    const { rootHex, columnIndex } = place.head
    const entry = this.#entries.get(rootHex)
    if (entry === undefined) return
    if (entry.columns.get(columnIndex) === place) entry.columns.delete(columnIndex)
    if (entry.block === place) {
      entry.block = undefined
      this.#chain = undefined
    }
    this.#dropIfEmpty(rootHex, entry)
  }

  block(rootHex: string): Place | undefined {
    return this.#entries.get(rootHex)?.block
  }

  column(rootHex: string, index: number): Place | undefined {
    return this.#entries.get(rootHex)?.columns.get(index)
  }

  /** True when a block is here and, if it has blobs, all of `columns` too. */
  isWhole(rootHex: string, columns: readonly number[]): boolean {
    const entry = this.#entries.get(rootHex)
    if (entry?.block === undefined) return false
    if (entry.block.head.blobCount === 0) return true
    return columns.every((index) => entry.columns.has(index))
  }

  /** The chain that we hold, oldest first. Worked out anew after a block came or went. */
  get chain(): readonly Link[] {
    this.#chain ??= heldChain(this.#links())
    return this.#chain
  }

  #links(): Map<string, Link> {
    const links = new Map<string, Link>()
    for (const [rootHex, { block }] of this.#entries) if (block !== undefined) links.set(rootHex, block.head)
    return links
  }

  #dropIfEmpty(rootHex: string, { slot, block, columns }: Entry): void {
    if (block === undefined && columns.size === 0) this.#drop(rootHex, slot)
  }

  #drop(rootHex: string, slot: number): void {
    this.#entries.delete(rootHex)
    const roots = this.#rootsBySlot.get(slot)
    roots?.delete(rootHex)
    if (roots?.size === 0) this.#rootsBySlot.delete(slot)
  }
}

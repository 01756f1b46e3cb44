import { heldChain, type Link } from './held-chain.ts'
import type { RecentHead } from './record.ts'
import type { Place, Segment } from './segment.ts'

/**
 * Blocks of one slot that are kept: what is hashed of one slot of the clock (stats/block-budget.ts). One proposer has
 * one block a slot; the others are forged, or its own crime.
 */
const MAX_BLOCKS_PER_SLOT = 4
/** Columns of one index and slot that are kept: those of as many blocks of one slot. */
const MAX_COLUMN_VARIANTS = 2

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

  /** False for what is here, and for what its slot has enough of. */
  hasRoomFor({ kind, slot, rootHex, columnIndex }: Pick<RecentHead, 'kind' | 'slot' | 'rootHex' | 'columnIndex'>) {
    const known = this.#entries.get(rootHex)
    if (kind === 'block' ? known?.block !== undefined : known?.columns.has(columnIndex)) return false
    let others = 0
    for (const root of this.#rootsBySlot.get(slot) ?? []) {
      const entry = this.#entries.get(root)
      if (kind === 'block' ? entry?.block !== undefined : entry?.columns.has(columnIndex)) others++
    }
    return others < (kind === 'block' ? MAX_BLOCKS_PER_SLOT : MAX_COLUMN_VARIANTS)
  }

  /** False when there is no room for it. */
  add(place: Place): boolean {
    const { head } = place
    if (!this.hasRoomFor(head)) return false
    const entry = this.#entries.get(head.rootHex) ?? { slot: head.slot, block: undefined, columns: new Map() }
    // A column says of itself which slot its block has; one that lies is no column of that block.
    if (entry.slot !== head.slot) return false
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
      if (entry.block === undefined && entry.columns.size === 0) this.#drop(rootHex, entry.slot)
    }
    this.#chain = undefined
  }

  block(rootHex: string): Place | undefined {
    return this.#entries.get(rootHex)?.block
  }

  column(rootHex: string, index: number): Place | undefined {
    return this.#entries.get(rootHex)?.columns.get(index)
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

  #drop(rootHex: string, slot: number): void {
    this.#entries.delete(rootHex)
    const roots = this.#rootsBySlot.get(slot)
    roots?.delete(rootHex)
    if (roots?.size === 0) this.#rootsBySlot.delete(slot)
  }
}

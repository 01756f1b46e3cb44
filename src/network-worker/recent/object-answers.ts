/**
 * What is answered to requests for recent objects: chunks of those that are held, and nothing for others. A range is
 * answered with the one chain that is held; by its root, any block is served.
 */
import { fromHex } from '../../shared/hex.ts'
import { RESULT_CODE } from '../reqresp/protocols.ts'
import type { ServedAnswer, ServedName } from '../reqresp/types.ts'
import {
  decodeBlocksByRange,
  decodeBlocksByRoot,
  decodeColumnsByRange,
  decodeColumnsByRoot,
  MAX_REQUEST_BLOCKS,
  type SlotRange,
} from './object-requests.ts'
import type { RecentObjects } from './recent-objects.ts'
import type { Place } from './segment.ts'

/**
 * Columns of one answer: an epoch of all of them. The specification's limit is four times that
 * (MAX_REQUEST_DATA_COLUMN_SIDECARS, specs/fulu/p2p-interface.md), and lets an answer be shorter.
 */
export const MAX_ANSWER_COLUMNS = 4096

type Held = Pick<RecentObjects, 'chain' | 'block' | 'column' | 'read'>

/** What an answer is made of. */
interface Plan {
  readonly places: readonly Place[]
  /** Blocks that were looked for, held or not. */
  readonly blocksAsked: number
  /** After an object that cannot be read, more of a chain would have a hole; objects by root stand each for itself. */
  readonly isChain: boolean
}

/** Answers requests from what `held` has; undefined for bytes that are no request. */
export function createObjectAnswers(held: Held): (name: ServedName, ssz: Uint8Array) => ServedAnswer | undefined {
  return (name, ssz) => {
    const plan = planOf(held, name, ssz)
    if (plan === undefined) return undefined
    const objects = plan.places.length
    return { objects, cost: Math.max(objects, plan.blocksAsked), chunks: chunksOf(held, plan) }
  }
}

function planOf(held: Held, name: ServedName, ssz: Uint8Array): Plan | undefined {
  switch (name) {
    case 'beacon_blocks_by_range': {
      const range = decodeBlocksByRange(ssz)
      const places = range && rootsIn(held, range).flatMap((root) => held.block(root) ?? [])
      // A small request and a walk along the chain: nothing is charged for slots without blocks.
      return places && { places, blocksAsked: 0, isChain: true }
    }
    case 'beacon_blocks_by_root': {
      const roots = decodeBlocksByRoot(ssz)
      const places = roots?.flatMap((root) => held.block(root) ?? []).slice(0, MAX_REQUEST_BLOCKS)
      return places && { places, blocksAsked: 0, isChain: false }
    }
    case 'data_column_sidecars_by_range': {
      const range = decodeColumnsByRange(ssz)
      if (range === undefined) return undefined
      const ofBlocks = rootsIn(held, range).map((root) => columnsOf(held, root, range.columns))
      return { places: wholeBlocks(ofBlocks), blocksAsked: range.count, isChain: true }
    }
    case 'data_column_sidecars_by_root': {
      const asked = decodeColumnsByRoot(ssz)
      if (asked === undefined) return undefined
      const places = new Set(asked.flatMap(({ rootHex, columns }) => columnsOf(held, rootHex, columns)))
      return { places: [...places].slice(0, MAX_ANSWER_COLUMNS), blocksAsked: asked.length, isChain: false }
    }
  }
}

/** Blocks of the chain, by slot. */
function rootsIn({ chain }: Held, { startSlot, count }: SlotRange): readonly string[] {
  return chain.filter(({ slot }) => slot >= startSlot && slot < startSlot + count).map(({ rootHex }) => rootHex)
}

function columnsOf(held: Held, rootHex: string, columns: readonly number[]): readonly Place[] {
  return columns.flatMap((index) => held.column(rootHex, index) ?? [])
}

/** As many as an answer may hold. Of a block that columns are sent of, all are: a block that has no room ends it. */
function wholeBlocks(ofBlocks: readonly (readonly Place[])[]): readonly Place[] {
  const places: Place[] = []
  for (const ofBlock of ofBlocks) {
    if (places.length + ofBlock.length > MAX_ANSWER_COLUMNS) break
    places.push(...ofBlock)
  }
  return places
}

/** One object at a time is in memory. */
async function* chunksOf(held: Held, { places, isChain }: Plan): AsyncGenerator<Uint8Array> {
  for (const place of places) {
    const payload = await held.read(place)
    if (payload === undefined) {
      if (isChain) return
      continue
    }
    yield Buffer.concat([Uint8Array.of(RESULT_CODE.success), fromHex(place.head.digestHex, 4)])
    yield payload
  }
}

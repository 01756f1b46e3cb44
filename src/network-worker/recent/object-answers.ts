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
  type SlotRange,
} from './object-requests.ts'
import type { RecentObjects } from './recent-objects.ts'
import type { Place } from './segment.ts'

/**
 * Columns of one answer: an epoch of all of them. The specification's limit is four times that
 * (MAX_REQUEST_DATA_COLUMN_SIDECARS, specs/fulu/p2p-interface.md), and lets an answer be shorter.
 */
export const MAX_ANSWER_COLUMNS = 4096

type Held = Pick<RecentObjects, 'chain' | 'block' | 'column'>

/** Answers requests from what `held` has; undefined for bytes that are no request. */
export function createObjectAnswers(held: Held): (name: ServedName, ssz: Uint8Array) => ServedAnswer | undefined {
  return (name, ssz) => {
    const places = placesOf(held, name, ssz)
    return places === undefined ? undefined : { objects: places.length, chunks: chunksOf(places) }
  }
}

function placesOf(held: Held, name: ServedName, ssz: Uint8Array): readonly Place[] | undefined {
  switch (name) {
    case 'beacon_blocks_by_range': {
      const range = decodeBlocksByRange(ssz)
      return range && rootsIn(held, range).flatMap((root) => held.block(root) ?? [])
    }
    case 'beacon_blocks_by_root':
      return decodeBlocksByRoot(ssz)?.flatMap((root) => held.block(root) ?? [])
    case 'data_column_sidecars_by_range': {
      const range = decodeColumnsByRange(ssz)
      return range && columnsOf(held, rootsIn(held, range), () => range.columns)
    }
    case 'data_column_sidecars_by_root': {
      const asked = decodeColumnsByRoot(ssz)
      if (asked === undefined) return undefined
      const places = asked.flatMap(({ rootHex, columns }) => columnsOf(held, [rootHex], () => columns))
      return [...new Set(places)].slice(0, MAX_ANSWER_COLUMNS)
    }
  }
}

/** Blocks of the chain, by slot. */
function rootsIn({ chain }: Held, { startSlot, count }: SlotRange): readonly string[] {
  return chain.filter(({ slot }) => slot >= startSlot && slot < startSlot + count).map(({ rootHex }) => rootHex)
}

/** In the order (slot, column) when the roots are by slot. */
function columnsOf(
  held: Held,
  roots: readonly string[],
  wanted: (root: string) => readonly number[],
): readonly Place[] {
  const places: Place[] = []
  for (const root of roots) {
    for (const index of wanted(root)) {
      const place = held.column(root, index)
      if (place !== undefined && places.length < MAX_ANSWER_COLUMNS) places.push(place)
    }
  }
  return places
}

/** One object at a time is in memory. What has been damaged or deleted meanwhile is left out. */
async function* chunksOf(places: readonly Place[]): AsyncGenerator<Uint8Array> {
  for (const place of places) {
    const payload = await place.segment.read(place)
    if (payload === undefined) continue
    yield Buffer.concat([Uint8Array.of(RESULT_CODE.success), fromHex(place.head.digestHex, 4)])
    yield payload
  }
}

/**
 * Protocols for recent objects, registered only when such are held: a peer that asks a node without them finds them
 * unsupported, which costs nothing, whereas answering "resource unavailable" gets a node banned.
 */
import { REQUEST_BYTES } from '../../recent/object-requests.ts'
import { PROTOCOLS, type ProtocolSpec, protocolId } from '../protocols.ts'
import type { ServedName } from '../types.ts'

export interface ServedSpec extends Omit<ProtocolSpec, 'name'> {
  readonly name: ServedName
  readonly maxRequestBytes: number
}

function served(
  name: ServedName,
  version: 1 | 2,
  { min, max }: { readonly min: number; readonly max: number },
): ServedSpec {
  return { name, version, id: protocolId(name, version), requestBytes: min, maxRequestBytes: max, responseBytes: 0 }
}

/** specs/altair/p2p-interface.md, specs/fulu/p2p-interface.md */
export const SERVED_PROTOCOLS: readonly ServedSpec[] = [
  served('beacon_blocks_by_range', 2, REQUEST_BYTES.blocksByRange),
  served('beacon_blocks_by_root', 2, REQUEST_BYTES.blocksByRoot),
  served('data_column_sidecars_by_range', 1, REQUEST_BYTES.columnsByRange),
  served('data_column_sidecars_by_root', 1, REQUEST_BYTES.columnsByRoot),
]

/** How blocks of some slots in a row are asked for. */
export const BLOCKS_BY_RANGE = {
  name: 'beacon_blocks_by_range',
  id: protocolId('beacon_blocks_by_range', 2),
} as const

/** Any protocol that may be answered. */
export type InboundSpec = ProtocolSpec | ServedSpec

/** The name of the request that a protocol id stands for. */
export function requestNameOf(protocolId: string): InboundSpec['name'] | undefined {
  return [...PROTOCOLS, ...SERVED_PROTOCOLS].find(({ id }) => id === protocolId)?.name
}

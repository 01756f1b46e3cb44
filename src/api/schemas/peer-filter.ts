import { z } from 'zod'
import type { NodePeerView, PeerDirection, PeerState } from '../../rpc/peer-views.ts'
import { RelayError } from '../../shared/errors.ts'
import { cut, queryList } from './query-list.ts'

const STATES: readonly PeerState[] = ['disconnected', 'connecting', 'connected', 'disconnecting']
const DIRECTIONS: readonly PeerDirection[] = ['inbound', 'outbound']

export const peerState = z.enum(STATES)
export const peerDirection = z.enum(DIRECTIONS)

/** Whom a peer list shows. A field that is left out lets every peer through. */
export interface PeerFilter {
  readonly states?: ReadonlySet<PeerState>
  readonly directions?: ReadonlySet<PeerDirection>
}

function oneOf<T extends string>(name: string, word: z.ZodType<T>, param: unknown): Set<T> | undefined {
  const given = queryList(param)
  if (given === undefined) return undefined
  const known = new Set<T>()
  for (const text of given) {
    const found = word.safeParse(text)
    if (!found.success) throw new RelayError('BAD_REQUEST', `Invalid ${name}: ${cut(text)}`)
    known.add(found.data)
  }
  return known
}

/**
 * The parameters `state` and `direction` of `node/peers` (beacon-APIs, `apis/node/peers.yaml`), each a list.
 * @throws BAD_REQUEST that names the first value that is none
 */
export function parsePeerFilter(query: Readonly<Record<string, unknown>>): PeerFilter {
  const states = oneOf('state', peerState, query['state'])
  const directions = oneOf('direction', peerDirection, query['direction'])
  return { ...(states === undefined ? {} : { states }), ...(directions === undefined ? {} : { directions }) }
}

/** Whether a peer is in one of the states and has one of the directions. */
export function matchesFilter(
  { state, direction }: Pick<NodePeerView, 'state' | 'direction'>,
  { states, directions }: PeerFilter,
): boolean {
  return (states?.has(state) ?? true) && (directions?.has(direction) ?? true)
}

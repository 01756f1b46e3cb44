/** Peers as the Lodestar-style routes name them: by query parameters. */
import type { DialTarget } from '../../rpc/peer-views.ts'
import { RelayError } from '../../shared/errors.ts'
import { MAX_PEER_ADDRESSES } from '../../shared/limits.ts'
import { MAX_ENR_CHARS, MAX_MULTIADDR_CHARS } from './dial-target.ts'
import { queryList } from './query-list.ts'
import { parsePeerIdQuery } from './standard-peer-id.ts'

function bounded(name: string, text: string, maxChars: number): string {
  if (text.length === 0) throw new RelayError('BAD_REQUEST', `${name} must not be empty`)
  if (text.length <= maxChars) return text
  throw new RelayError('BAD_REQUEST', `${name} must have at most ${maxChars} characters`)
}

/** The address with the peer id at its end, where clients leave it out. */
function ofPeer(address: string, peerId: string): string {
  const named = /\/p2p\/([^/]*)$/.exec(address)?.[1]
  if (named === undefined) return `${address}/p2p/${peerId}`
  if (named === peerId) return address
  throw new RelayError('BAD_REQUEST', 'multiaddr names another peer than peerId')
}

/**
 * The query of `connect_peer`: one or more `multiaddr`, which `peerId` completes where they do not end in `/p2p/<id>`.
 * Whether they decode is for the worker to say.
 * @throws BAD_REQUEST, BAD_PEER_ID
 */
export function parseDialQuery(query: Readonly<Record<string, unknown>>): readonly string[] {
  const peerId = query['peerId'] === undefined ? undefined : parsePeerIdQuery(query['peerId'])
  const given = queryList(query['multiaddr'])
  if (given === undefined) throw new RelayError('BAD_REQUEST', 'multiaddr must be given')
  if (given.length > MAX_PEER_ADDRESSES) {
    throw new RelayError('BAD_REQUEST', `multiaddr must be given at most ${MAX_PEER_ADDRESSES} times`)
  }
  const addresses = given.map((text) => bounded('multiaddr', text, MAX_MULTIADDR_CHARS))
  return peerId === undefined ? addresses : addresses.map((address) => ofPeer(address, peerId))
}

/**
 * The parameter `peer` of `direct_peers`: an ENR when it begins with `enr:`, else a multiaddr that ends in `/p2p/<id>`.
 * @throws BAD_REQUEST
 */
export function parsePeerQuery(param: unknown): DialTarget {
  if (typeof param !== 'string') throw new RelayError('BAD_REQUEST', 'peer must be given once')
  return param.startsWith('enr:')
    ? { enr: bounded('peer', param, MAX_ENR_CHARS) }
    : { multiaddr: bounded('peer', param, MAX_MULTIADDR_CHARS) }
}

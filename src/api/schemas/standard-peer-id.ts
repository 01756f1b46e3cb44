import { RelayError } from '../../shared/errors.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import { isPeerId } from './params.ts'
import { cut } from './query-list.ts'

/** The standard API's words for a peer id that is none (beacon-APIs, `apis/node/peer.yaml`). */
export function invalidPeerId(text: string): RelayError {
  return new RelayError('BAD_PEER_ID', `Invalid peer ID: ${cut(text)}`)
}

/**
 * A peer id as the paths below `/eth/` take it, checked by its letters and length only.
 * @throws BAD_PEER_ID that repeats it, cut
 */
export function parseStandardPeerId(param: unknown): PeerIdStr {
  if (isPeerId(param)) return param
  throw invalidPeerId(typeof param === 'string' ? param : '')
}

/**
 * The query parameter `peerId`.
 * @throws BAD_REQUEST when it is missing or repeated, BAD_PEER_ID
 */
export function parsePeerIdQuery(param: unknown): PeerIdStr {
  if (typeof param === 'string') return parseStandardPeerId(param)
  throw new RelayError('BAD_REQUEST', 'peerId must be given once')
}

/**
 * What `call` answers about the peer. Its letters may be right and the id still none, which only the worker sees: that
 * is refused in the same words.
 */
export async function aboutPeer<T>(peerId: PeerIdStr, call: (peerId: PeerIdStr) => Promise<T>): Promise<T> {
  try {
    return await call(peerId)
  } catch (cause) {
    throw cause instanceof RelayError && cause.code === 'BAD_PEER_ID' ? invalidPeerId(peerId) : cause
  }
}

import { RelayError } from '../shared/errors.ts'
import type { DirectControl } from './operator.ts'

/**
 * Starts a one-time dial of the one peer that all addresses name, at the first that this node has a transport for.
 * Nothing is dialled when any of them is malformed.
 * @throws BAD_MULTIADDR, BAD_REQUEST (several peers, our own id), PEER_BANNED, DIAL_QUEUE_FULL
 */
export async function connectFirst(control: DirectControl, multiaddrs: readonly string[]): Promise<void> {
  const named = await Promise.all(multiaddrs.map((multiaddr) => control.resolvePeer({ multiaddr })))
  if (new Set(named.map(({ peerId }) => peerId)).size > 1) {
    throw new RelayError('BAD_REQUEST', 'all multiaddrs must name one peer')
  }
  let refusal: unknown
  for (const multiaddr of multiaddrs) {
    try {
      await control.connectPeer({ multiaddr })
      return
    } catch (cause) {
      if (!(cause instanceof RelayError) || cause.code !== 'BAD_MULTIADDR') throw cause
      refusal = cause
    }
  }
  throw refusal
}

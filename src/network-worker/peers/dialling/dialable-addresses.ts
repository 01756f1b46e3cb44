import type { Multiaddr } from '@multiformats/multiaddr'
import type { PeerIdStr } from '../../../shared/ids.ts'
import { MAX_PEER_ADDRESSES } from '../../../shared/limits.ts'

/**
 * Where a peer that dialled us can be dialled: the address we see it at, with the ports it says it listens on. What it
 * says of its own address may be private or stale, and the port we see is of the moment only.
 */
export function dialableAddresses(
  seenIp: string,
  listening: readonly Multiaddr[],
  peerId: PeerIdStr,
): readonly string[] {
  const family = seenIp.includes(':') ? 'ip6' : 'ip4'
  const addresses = listening.flatMap((address) => {
    const parts = address.getComponents()
    if (parts[0]?.name !== family) return []
    const rest = parts.slice(1).filter(({ name }) => name !== 'p2p')
    const transport = rest.map(({ name, value }) => (value === undefined ? `/${name}` : `/${name}/${value}`)).join('')
    return isOurTransport(transport) ? [`/${family}/${seenIp}${transport}/p2p/${peerId}`] : []
  })
  return [...new Set(addresses)].slice(0, MAX_PEER_ADDRESSES)
}

function isOurTransport(transport: string): boolean {
  return /^\/tcp\/\d+$/.test(transport) || /^\/udp\/\d+\/quic-v1$/.test(transport)
}

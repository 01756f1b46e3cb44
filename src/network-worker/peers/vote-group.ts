import ipaddr from 'ipaddr.js'
import type { PeerIdStr } from '../../shared/ids.ts'

/**
 * The network a peer's vote on the chain counts for: /16 of IPv4, /32 of IPv6, so that one provider's machines are one
 * voter. On loopback, where all peers are the operator's own, each is a voter of its own; without an address none is.
 */
export function voteGroup(peerId: PeerIdStr, ip: string | undefined, isLoopback: (ip: string) => boolean): string {
  if (ip === undefined || !ipaddr.isValid(ip)) return 'no address'
  if (isLoopback(ip)) return peerId
  const address = ipaddr.process(ip)
  const bytes = address.toByteArray()
  return address.kind() === 'ipv4' ? `4:${bytes.slice(0, 2).join('.')}` : `6:${bytes.slice(0, 4).join('.')}`
}

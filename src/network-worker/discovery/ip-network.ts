import { isIPv4 } from 'node:net'
import ipaddr from 'ipaddr.js'

/** How many bytes of an address make its network. */
export interface NetworkBytes {
  readonly v4: number
  readonly v6: number
}

/** What one provider's machines in one place have in common: /16 of IPv4, /32 of IPv6. */
export const PROVIDER_BYTES: NetworkBytes = { v4: 2, v6: 4 }

/** What one customer gets: /24 of IPv4, /48 of IPv6. */
export const SITE_BYTES: NetworkBytes = { v4: 3, v6: 6 }

/** The network of an address as a key, IPv4 within IPv6 taken as the IPv4 it is; undefined for what is no address. */
export function ipNetwork(ip: string, bytes: NetworkBytes): string | undefined {
  // The common form needs no parser, and thousands are asked about at each choice of whom to dial.
  if (isIPv4(ip)) return `4:${ip.split('.', bytes.v4).join('.')}`
  if (!ipaddr.isValid(ip)) return undefined
  const address = ipaddr.process(ip)
  const isV4 = address.kind() === 'ipv4'
  const network = address.toByteArray().slice(0, isV4 ? bytes.v4 : bytes.v6)
  return `${isV4 ? 4 : 6}:${network.join('.')}`
}

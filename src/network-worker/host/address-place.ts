import ipaddr from 'ipaddr.js'

/** Leading bytes by which IPv6 addresses are one place: /64 is the least a customer gets. */
const IPV6_PREFIX_BYTES = 8

/** The place an address counts for: IPv4 whole, IPv6 by /64. Undefined for what is no address. */
export function placeOf(ip: string): string | undefined {
  if (!ipaddr.isValid(ip)) return undefined
  const address = ipaddr.process(ip)
  if (address.kind() === 'ipv4') return address.toString()
  return `6:${address.toByteArray().slice(0, IPV6_PREFIX_BYTES).join('.')}`
}

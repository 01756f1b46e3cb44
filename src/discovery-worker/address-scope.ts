import ipaddr from 'ipaddr.js'

/** How far an address is seen: on this machine, in this network, everywhere. */
export type AddressScope = 'loopback' | 'local' | 'public'

const SCOPE_OF_RANGE: Readonly<Record<string, AddressScope>> = {
  loopback: 'loopback',
  private: 'local',
  uniqueLocal: 'local',
  linkLocal: 'local',
  carrierGradeNat: 'local',
  unicast: 'public',
}

export interface PlacedAddress {
  /** Canonical; IPv4 within IPv6 is IPv4. */
  readonly ip: string
  readonly family: 4 | 6
  readonly scope: AddressScope
}

/** Undefined for what is no address, or one where no single node can be. */
export function placeAddress(ip: string): PlacedAddress | undefined {
  if (!ipaddr.isValid(ip)) return undefined
  const address = ipaddr.process(ip)
  const scope = SCOPE_OF_RANGE[address.range()]
  if (scope === undefined) return undefined
  return { ip: address.toString(), family: address.kind() === 'ipv4' ? 4 : 6, scope }
}

/**
 * Who has one voice: a /24 of IPv4 or a /48 of IPv6, which one host's owner has at little cost; in a local network,
 * where nobody from outside can be, an address; on this machine a node.
 */
export function networkOf({ ip, family, scope }: PlacedAddress, nodeId: string): string {
  if (scope === 'loopback') return nodeId
  if (scope === 'local') return ip
  const bytes = ipaddr.parse(ip).toByteArray()
  return bytes.slice(0, family === 4 ? 3 : 6).join('.')
}

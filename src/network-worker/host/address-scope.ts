import ipaddr from 'ipaddr.js'

/** From where an address is reached: this machine, this network, everywhere; `none`: nobody has it, or everybody. */
export type AddressScope = 'loopback' | 'private' | 'global' | 'none'

/**
 * The scope of a valid address; of IPv4 within IPv6 that of the IPv4. Ranges that ipaddr.js calls reserved count as
 * global: documentation uses them.
 */
export function scopeOf(ip: string): AddressScope {
  switch (ipaddr.process(ip).range()) {
    case 'loopback':
      return 'loopback'
    case 'private':
    case 'uniqueLocal':
    case 'carrierGradeNat':
      return 'private'
    case 'unspecified':
    case 'multicast':
    case 'broadcast':
    case 'linkLocal':
      return 'none'
    default:
      return 'global'
  }
}

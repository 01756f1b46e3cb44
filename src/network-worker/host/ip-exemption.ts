import ipaddr from 'ipaddr.js'

type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]

/** Who is outside every per-IP rule (colocation score, connection rate, IP bans): design.md §2, "same IP". */
export interface IpExemption {
  isExempt(ip: string): boolean
}

/**
 * Loopback is exempt unless `countLoopback`; `exemptCidrs` adds an operator's own fleet.
 * The CIDRs come validated from the configuration; an address that does not parse is never exempt.
 */
export function createIpExemption(countLoopback: boolean, exemptCidrs: readonly string[]): IpExemption {
  const ranges: Range[] = exemptCidrs.map((cidr) => ipaddr.parseCIDR(cidr))
  return {
    isExempt(ip) {
      if (!ipaddr.isValid(ip)) return false
      const address = ipaddr.process(ip)
      if (!countLoopback && address.range() === 'loopback') return true
      return ranges.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits))
    },
  }
}

/** gossipsub asks its P6 whitelist by `has` only, so a set that answers by rule needs no list of addresses. */
export class ExemptIpSet extends Set<string> {
  readonly #exemption: IpExemption

  constructor(exemption: IpExemption) {
    super()
    this.#exemption = exemption
  }

  override has(ip: string): boolean {
    return this.#exemption.isExempt(ip)
  }
}

import type { NodeRecord } from '../../shared/node-record.ts'
import { scopeOf } from '../host/address-scope.ts'
import { ipNetwork, SITE_BYTES } from './ip-network.ts'

/**
 * Records of one /24 of IPv4, or /48 of IPv6. Ids cost nothing, addresses do: to fill the book's 4,096 places somebody
 * needs 128 such networks of his own; and whoever writes the address of another into records has each relay dial it
 * thirty-two times in two minutes, and then no more. The densest racks of mainnet hold about as many nodes.
 */
export const MAX_RECORDS_PER_SITE = 32

type Places = Pick<NodeRecord, 'ip' | 'ip6'>

/** Counts records by where they say they are; in a local network, where all are neighbours, nobody is counted. */
export class SiteQuota {
  readonly #counts = new Map<string, number>()

  /** Entries kept: at most two for each record counted. */
  get size(): number {
    return this.#counts.size
  }

  /** @param before the record that it would replace */
  hasRoomFor(record: Places, before?: Places): boolean {
    const held = before === undefined ? [] : sitesOf(before)
    return sitesOf(record).every((site) => held.includes(site) || (this.#counts.get(site) ?? 0) < MAX_RECORDS_PER_SITE)
  }

  add(record: Places): void {
    for (const site of sitesOf(record)) this.#counts.set(site, (this.#counts.get(site) ?? 0) + 1)
  }

  /** To be called with what was added. */
  remove(record: Places): void {
    for (const site of sitesOf(record)) {
      const left = (this.#counts.get(site) ?? 0) - 1
      if (left > 0) this.#counts.set(site, left)
      else this.#counts.delete(site)
    }
  }
}

function sitesOf({ ip, ip6 }: Places): readonly string[] {
  const sites = [ip, ip6].flatMap((address) =>
    address === undefined || scopeOf(address) !== 'global' ? [] : (ipNetwork(address, SITE_BYTES) ?? []),
  )
  return [...new Set(sites)]
}

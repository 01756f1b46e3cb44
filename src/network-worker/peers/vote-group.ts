import ipaddr from 'ipaddr.js'
import type { PeerIdStr } from '../../shared/ids.ts'

/** What tells where a peer is: its record, one for all its life. */
interface VoterRecord {
  readonly ip: string | undefined
}

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

/** The groups of peers whose records are kept, each worked out once for an address: blocks ask for them by the hundred. */
export class VoteGroups {
  readonly #isLoopback: (ip: string) => boolean
  /** By record; an entry goes with it. */
  readonly #known = new WeakMap<VoterRecord, { readonly ip: string | undefined; readonly group: string }>()

  constructor(isLoopback: (ip: string) => boolean) {
    this.#isLoopback = isLoopback
  }

  /** As `voteGroup` by the record's address, which may have changed since. */
  of(peerId: PeerIdStr, record: VoterRecord | undefined): string {
    if (record === undefined) return voteGroup(peerId, undefined, this.#isLoopback)
    const { ip } = record
    const known = this.#known.get(record)
    if (known !== undefined && known.ip === ip) return known.group
    const group = voteGroup(peerId, ip, this.#isLoopback)
    this.#known.set(record, { ip, group })
    return group
  }
}

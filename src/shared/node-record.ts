import type { PeerIdStr } from './ids.ts'

/**
 * A node record (ENR), decoded and with its signature verified: plain data, for threads to pass on. Fields as in
 * reference/p2p.md A3 (consensus-specs phase0 and fulu p2p-interface, "ENR structure"); one that the record lacks, or
 * that has not the form the specification gives it, is undefined.
 */
export interface NodeRecord {
  /** The record itself, `enr:…`. */
  readonly enr: string
  readonly peerId: PeerIdStr
  /** 64 lower-case hex digits: discv5's id of the node. */
  readonly nodeIdHex: string
  /** Sequence number, decimal: 64 bits do not fit a JSON number. */
  readonly seq: string
  /** Where discv5 reaches it. */
  readonly ip: string | undefined
  readonly udp: number | undefined
  readonly ip6: string | undefined
  readonly udp6: number | undefined
  /** Where libp2p reaches it: multiaddrs that end in `/p2p/<id>`, TCP before QUIC. May be none. */
  readonly addresses: readonly string[]
  /** The three parts of `eth2`; the epoch is Infinity when nothing is scheduled. */
  readonly forkDigestHex: string | undefined
  readonly nextForkVersionHex: string | undefined
  readonly nextForkEpoch: number | undefined
  /** `nfd`; eight zeros when nothing is scheduled. */
  readonly nextForkDigestHex: string | undefined
  readonly attnetsHex: string | undefined
  readonly syncnetsHex: string | undefined
  readonly custodyGroupCount: number | undefined
}

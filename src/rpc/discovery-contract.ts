/**
 * The contract between the network worker and the discovery worker. The network worker calls `DiscoveryControl`; what
 * is found comes back as `DiscoveryEvents`, batched. Records cross as text and plain data: the two threads run on
 * different majors of the same libraries.
 */
import type { NodeRecord } from '../shared/node-record.ts'
import type { DiscoveryWorkerView } from './discovery-views.ts'
import type { FatalEvent } from './life-events.ts'
import type { WorkerPorts } from './worker-module.ts'

/** One socket of discv5; port 0 asks the system for a free one. */
export interface UdpBind {
  readonly address: string
  readonly port: number
}

export interface DiscoverySettings {
  /** At most one for each address family, at least one. */
  readonly binds: readonly UdpBind[]
  /** 32 bytes, secp256k1: the same as libp2p's. */
  readonly privateKey: Uint8Array
  /** Our record at the start. */
  readonly enr: string
  /** Records to begin with, `enr:…`; those that do not decode are named in the log. */
  readonly bootnodes: readonly string[]
  readonly logLevel: string
  readonly logFormat: 'pretty' | 'json'
  readonly logFile: string | undefined
}

export interface DiscoveryBoot extends WorkerPorts {
  readonly settings: DiscoverySettings
}

/** The end of one lookup. */
export interface LookupView {
  readonly tookMs: number
  /** Nodes that answered, the closest to the target; at most 16. */
  readonly closest: number
  /** Records heard of during it, whatever their network. */
  readonly records: number
}

export interface DiscoveryControl {
  /** Where the sockets are bound. */
  getBinds(): readonly UdpBind[]
  /** Our record as everybody shall see it from now on; nodes that know us are pinged, so that they ask for it. @throws BAD_ENR */
  setLocalRecord(enr: string): void
  /**
   * Puts nodes known from earlier into the routing table, and tells each that decodes as `found`: checking a signature
   * takes 1.7 ms, which is not spent on the network thread. Answers how many the table has now.
   */
  addRecords(enrs: readonly string[]): number
  /**
   * One iterative lookup; what it hears of comes as `found` while it runs.
   * @param targetHex node id, 64 hex digits
   * @throws BAD_REQUEST for another form; NOT_READY when as many lookups run as may
   */
  lookup(targetHex: string): Promise<LookupView>
  getView(): DiscoveryWorkerView
}

/** A UDP endpoint of ours as enough others see it. */
export interface AddressVotedEvent {
  readonly ip: string
  readonly port: number
  /** Voters that agreed, one for each network they are in. */
  readonly votes: number
}

export interface DiscoveryEvents {
  /** Heard of, verified, and new or newer than what was told before. */
  found: NodeRecord
  addressVoted: AddressVotedEvent
  fatal: FatalEvent
}

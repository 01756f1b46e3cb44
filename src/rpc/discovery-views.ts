/** What the network worker tells the main thread of discovery, for the API and for keeping. */
import type { PeerIdStr } from '../shared/ids.ts'
import type { ThreadLoadView } from '../shared/thread-load.ts'

/** A number by the words of a closed list. */
export type Tally = Readonly<Record<string, number>>

/** Many nodes follow a fork or blob schedule that this node does not know: it is about to be alone. */
export interface ScheduleAlertView {
  /** What they announce, the most frequent first; at most 4. */
  readonly unknown_forks: readonly {
    /** `current`: a digest in force with them that we do not know. `next`: a change ahead that we do not know. */
    readonly kind: 'current' | 'next'
    readonly digest: string
    /** When it begins; null for one in force, or not said. */
    readonly epoch: number | null
    readonly nodes: number
  }[]
  /** Nodes judged, of the last hours. */
  readonly nodes_seen: number
  readonly since_unix_ms: number
}

/** A peer's record, and how it served us: kept over restarts, so that one begins where the last run ended. */
export interface KnownRecord {
  readonly peerId: PeerIdStr
  readonly enr: string
  /** Unix ms when discovery, or the peer itself, last confirmed it. */
  readonly lastSeenMs: number
  /** Best verified round trip; null when never measured. */
  readonly bestRttMs: number | null
  /** Unix ms; null when never connected. */
  readonly lastConnectedMs: number | null
}

/** What discovery knew at the end of the last run. */
export interface RestoredDiscovery {
  readonly records: readonly KnownRecord[]
  /** Ids of all peers ever discovered, as far as they are remembered; oldest first. */
  readonly discoveredPeers: readonly PeerIdStr[]
}

/** As spec/relay-http-api.md, "Discovery APIs". Zeros without discovery. */
export interface DiscoveryStatsView {
  readonly unique_peers_discovered: number
  readonly routing_table_size: number
  readonly cached_enrs: number
  readonly total_discovery_queries: number
  /** The top byte of the next sweeping lookup's target. */
  readonly dht_scan_prefix: number
  readonly kademlia_alpha: number
  readonly kademlia_k: number
  readonly target_peers_per_query: number
}

export interface PeerDiscoveredEvent {
  readonly peerId: PeerIdStr
}

export interface RecordForgottenEvent {
  readonly peerId: PeerIdStr
}

/** Everything the discovery worker counts; totals since the thread's start. */
export interface DiscoveryWorkerView {
  readonly routingTableSize: number
  /** Nodes of the table that answer. */
  readonly connectedNodes: number
  readonly sessions: number
  readonly lookups: number
  readonly lookupsRunning: number
  /** Parallel requests of a lookup, and the size of a bucket, as discv5 really runs. */
  readonly kademliaAlpha: number
  readonly kademliaK: number
  readonly packetsIn: number
  readonly packetsOut: number
  readonly bytesIn: number
  readonly bytesOut: number
  /** Packets that were not worked on, by reason; every text is from a closed list. */
  readonly droppedPackets: Tally
  /** Messages of discv5 by type. */
  readonly messagesIn: Tally
  readonly messagesOut: Tally
  readonly load: ThreadLoadView
}

/** What the network thread counts of discovery; totals since the start. Null figures of the worker: it does not answer. */
export interface DiscoveryMetricsView {
  readonly worker: DiscoveryWorkerView | null
  readonly workerRestarts: number
  readonly knownRecords: number
  /** Records given up for lack of room. */
  readonly droppedRecords: number
  readonly discoveredPeers: number
  /** Records judged, by their fork: `current`, `next`, `other`, `none`. */
  readonly judgedRecords: Tally
  readonly dialCandidates: number
  readonly droppedCandidates: number
  /** Nodes that follow a schedule we do not know; 0 while there is no alert. */
  readonly strayNodes: number
}

import type { ThreadLoadView } from '../shared/thread-load.ts'
import type { DiscoveryMetricsView } from './discovery-views.ts'
import type { PeerDirection, PeerState } from './peer-views.ts'
import type { CountersView } from './pulse-event.ts'

/** What one kind of topic carried, all its subnets and digests together. */
export interface KindTraffic {
  readonly kind: string
  readonly receivedMessages: number
  readonly receivedBytes: number
  /** Of those received, the ones that had come before. */
  readonly duplicateMessages: number
  readonly forwardedMessages: number
  readonly forwardedBytes: number
}

/** Topics of one kind that we are in, and the links of their meshes. */
export interface KindMesh {
  readonly kind: string
  readonly topics: number
  readonly meshPeers: number
  /** Of a single topic; undefined when we are in none. */
  readonly smallestMesh: number | undefined
  readonly largestMesh: number | undefined
}

/** Control messages of one kind, both ways. */
export interface ControlTraffic {
  readonly control: string
  /** False for those that are about topics and not about messages. */
  readonly listsIds: boolean
  readonly receivedMessages: number
  readonly receivedIds: number
  readonly sentMessages: number
  readonly sentIds: number
}

/** Copies, and their bytes with the prefixes of their lengths. */
export interface CopyCounts {
  readonly messages: number
  readonly bytes: number
}

/** What gossipsub itself sent, received and keeps. */
export interface GossipWireView {
  readonly control: readonly ControlTraffic[]
  /** Whole RPCs with the prefixes of their lengths. */
  readonly receivedBytes: number
  readonly receivedRpcs: number
  readonly sentBytes: number
  readonly sentRpcs: number
  /** Messages sent because a peer asked for them. */
  readonly iwantAnswers: number
  readonly brokenPromises: number
  /** Copies not sent since the peer had the message, and copies that peers had and did not send, by IDONTWANT both. */
  readonly sparedSent: CopyCounts
  readonly sparedReceived: CopyCounts
  /** Copies that waited for the uplink before they left, or did not. */
  readonly uplinkWaited: CopyCounts
  /** Bytes of those that wait now. */
  readonly uplinkWaitingBytes: number
  /** Members of meshes that went for others, by reason. */
  readonly replacedPeers: CountsByName
  readonly cacheEntries: CountsByName
  /** Peers by the band of their gossip score. */
  readonly peersByBand: CountsByName
}

/** A number by the words of closed lists. */
export type CountsByName = Readonly<Record<string, number>>

/**
 * All that the network worker counts, as plain data: totals since start, and how things are now. Every text in it is
 * from a closed list of ours, as each becomes a label; nothing a peer says is.
 */
export interface MetricsView {
  readonly counters: CountersView
  readonly traffic: readonly KindTraffic[]
  /** Messages refused, by reason. */
  readonly refused: CountsByName
  /** Messages that were to be verified, by kind and what came of it: valid, invalid, or why there was no answer. */
  readonly verified: readonly { readonly kind: string; readonly outcome: string; readonly count: number }[]
  /** Copies not sent, by reason and class. */
  readonly dropped: readonly { readonly reason: string; readonly messageClass: string; readonly messages: number }[]
  readonly meshes: readonly KindMesh[]
  readonly wire: GossipWireView
  /** Peers with a connection, live or pending. */
  readonly peers: readonly { readonly state: PeerState; readonly direction: PeerDirection; readonly peers: number }[]
  /** Connected peers by family of client. */
  readonly clients: CountsByName
  readonly reports: CountsByName
  readonly bannedByScore: number
  readonly forgottenScores: number
  readonly droppedBans: number
  readonly forgottenPeers: number
  /** Connections refused, by what refused them. */
  readonly refusedConnections: CountsByName
  /** Connections whose TCP windows are kept, the pings sent for it, and connections let go for want of room. */
  readonly keptWindows: { readonly connections: number; readonly pings: number; readonly dropped: number }
  /** Requests for blocks that make a peer's window grow, by what became of them, and the bytes that came. */
  readonly windowRequests: { readonly outcomes: CountsByName; readonly bytes: number }
  /** Datagrams that found no room in the sockets of QUIC. */
  readonly quicDroppedDatagrams: number
  readonly headSlot: number
  readonly syncDistance: number
  /** Our clock is slow by at least this, ms; 0 when nothing shows that it is. */
  readonly clockOffsetBoundMs: number
  /** Messages that wait for other peers to send them, and whether somebody forged a block in the last two epochs. */
  readonly heldMessages: number
  readonly isForgeryAbout: boolean
  /** Accepted blocks that the arrivals do not show, by reason. */
  readonly hiddenBlocks: CountsByName
  /** Recent blocks and columns that are kept and served, their bytes on disk, and what was not kept, by reason. */
  readonly recentObjects: number
  readonly recentDiskBytes: number
  readonly recentDrops: CountsByName
  readonly load: ThreadLoadView
  /** Null without discovery. */
  readonly discovery: DiscoveryMetricsView | null
}

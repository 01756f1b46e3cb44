/** The parts of the network thread, by what they stand on. `assemble.ts` joins them. */
import type { RelayConfig } from '../../config/schema.ts'
import type { Events } from '../../rpc/contract.ts'
import type { RestoredState } from '../../rpc/settings-views.ts'
import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/logger.ts'
import type { ThreadLoad } from '../../shared/thread-load.ts'
import type { PoolClient } from '../../validation-pool/client.ts'
import type { Chain } from '../chain/chain.ts'
import type { ClockOffset } from '../chain/clock-offset.ts'
import type { RuntimeConfig } from '../control/runtime-settings.ts'
import type { DiscoveryRoom } from '../discovery/discovery-room.ts'
import type { ScheduleWatch } from '../discovery/schedule-watch.ts'
import type { EventsRoom } from '../events/events-room.ts'
import type { GossipRoom } from '../gossip/gossip-room.ts'
import type { MeshLog } from '../gossip/mesh/mesh-log.ts'
import type { WindowUpkeep } from '../host/congestion/window-upkeep.ts'
import type { loadIdentity } from '../host/identity.ts'
import type { Host } from '../host/libp2p-host.ts'
import type { LocalEnr } from '../host/local-enr.ts'
import type { MetadataState } from '../host/local-metadata.ts'
import type { LocalNodeInfo } from '../host/local-node-info.ts'
import type { SocketRoom } from '../host/quic/socket-room.ts'
import type { ExplicitPeers } from '../peers/explicit-peers.ts'
import type { PeerBooks } from '../peers/peer-books.ts'
import type { PeersRoom } from '../peers/peers-room.ts'
import type { TrustedPeers } from '../peers/trusted-peers.ts'
import type { RecentRoom } from '../recent/recent-room.ts'
import type { BlockStats } from '../stats/block-stats.ts'
import type { GossipStats } from '../stats/gossip-stats.ts'
import type { StatelessVerifier } from '../validation/verify/stateless-verifier.ts'

export type EmitEvent = <K extends keyof Events>(name: K, data: Events[K]) => void

export interface NetworkNodeDeps {
  readonly config: RelayConfig
  readonly clock: Clock
  readonly log: Logger
  readonly emit: EmitEvent
  /** The settings in force, and what earlier runs left. */
  readonly restored: RestoredState
}

/** What stands by itself: the identity, the chain, counters, what the operator set. */
export interface Ground {
  readonly privateKey: Awaited<ReturnType<typeof loadIdentity>>
  readonly enr: LocalEnr
  readonly metadata: MetadataState
  readonly chain: Chain
  readonly stats: GossipStats
  readonly meshLog: MeshLog
  readonly runtimeConfig: RuntimeConfig
  /** Follows what the network says of forks to come, so that no stale schedule isolates us unnoticed. */
  readonly watch: ScheduleWatch
  /** True for addresses that are one machine's own, where each peer is a voter of its own. */
  readonly isLoopback: (ip: string) => boolean
}

/** The wire and what gossips over it. */
export interface Network {
  readonly books: PeerBooks
  readonly pool: PoolClient
  readonly verifier: StatelessVerifier
  readonly blocks: BlockStats
  readonly events: EventsRoom
  /** Undefined when it is switched off. */
  readonly recent: RecentRoom | undefined
  readonly clockOffset: ClockOffset
  readonly gossip: GossipRoom
  readonly host: Host
  /** Undefined when it is switched off. */
  readonly windowUpkeep: WindowUpkeep | undefined
  /** Undefined without QUIC. */
  readonly quicRoom: SocketRoom | undefined
}

/** Those who deal with peers. */
export interface Society {
  readonly info: LocalNodeInfo
  readonly peers: PeersRoom
  readonly explicit: ExplicitPeers
  readonly trusted: TrustedPeers
  readonly discovery: DiscoveryRoom
}

export type Parts = Ground & Network & Society & { readonly load: ThreadLoad }

/** All parts, for those who need one that is built after them: not to be called before `assemble` is done. */
export type Later = () => Parts

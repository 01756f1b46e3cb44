/** What an operator sets while the relay runs, and what a start is told of earlier runs. */
import type { AccessLists, ScoreBan } from './access.ts'
import type { FirstBlockSenderView } from './block-views.ts'
import type { RestoredDiscovery } from './discovery-views.ts'
import type { ExplicitPeer } from './peer-views.ts'

export interface RuntimeConfigView {
  readonly target_peers: number
  readonly max_latency_ms: number
  readonly network_load: number
  readonly heartbeat_interval_ms: number
  readonly discovery_interval_ms: number
  /** Null while nobody said: rules that need the count are off then. */
  readonly active_validators: number | null
}

/**
 * What an operator set at run time, as it is persisted. `heartbeat_interval_ms` null means the network load's own.
 * Ranges are checked before it gets here.
 */
export interface RuntimeSettings {
  readonly target_peers: number
  readonly max_latency_ms: number
  readonly network_load: number
  readonly heartbeat_interval_ms: number | null
  readonly discovery_interval_ms: number
  readonly active_validators: number | null
}

/** What the worker is told at its start beside the configuration: what operators did in earlier runs. */
export interface RestoredState {
  readonly settings: RuntimeSettings
  readonly explicitPeers: readonly ExplicitPeer[]
  readonly access: AccessLists
  readonly scoreBans: readonly ScoreBan[]
  /** Blocks each peer sent first in earlier runs. */
  readonly firstBlockSenders: readonly FirstBlockSenderView[]
  readonly discovery: RestoredDiscovery
}

/** This node as it is shown: who it is, and how it is. */
import type { PeerIdStr } from '../shared/ids.ts'
import type { ScheduleAlertView } from './discovery-views.ts'

export interface MetadataView {
  readonly seq_number: string
  readonly attnets: string
  readonly syncnets: string
  readonly custody_group_count: string
}

export interface NodeInfoView {
  readonly peer_id: PeerIdStr
  readonly enr: string
  readonly p2p_addresses: readonly string[]
  readonly discovery_addresses: readonly string[]
  readonly metadata: MetadataView
  /** Left out while all is well. */
  readonly schedule_alert?: ScheduleAlertView
}

export interface SyncingView {
  readonly head_slot: number
  readonly sync_distance: number
  readonly is_syncing: boolean
}

export interface HealthView {
  /** Addresses are bound and streams are served. */
  readonly listening: boolean
  /** Peers in the mesh of the current digest's `beacon_block` topic. */
  readonly blockMeshPeers: number
  /** Wall slot minus the newest block's slot, never negative. Counts from genesis while no block was seen. */
  readonly syncDistance: number
}

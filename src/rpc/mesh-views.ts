/** Meshes as they are shown, what became of a change by hand, and what happened to a link. */
import type { PeerIdStr, TopicStr } from '../shared/ids.ts'
import type { MeshReason } from './mesh-reason.ts'

export interface MeshPeerView {
  readonly peer_id: PeerIdStr
  readonly client: string
  /** An explicit peer that takes the topic: forwarded to like a mesh peer, without a link of the protocol. */
  readonly explicit?: true
}

export interface MeshTopicView {
  readonly topic: TopicStr
  readonly kind: string
  readonly peers: readonly MeshPeerView[]
}

export interface GraftView {
  readonly action: 'grafted' | 'already_in_mesh'
  /** Said when what was done is unusual, such as a mesh above its upper bound. */
  readonly warning?: string
}

export interface PruneView {
  readonly action: 'pruned' | 'not_in_mesh'
}

/** What happened between a peer's mesh and ours; one `MESH:` line each. */
export type MeshAction =
  | 'graft_received'
  | 'graft_accepted'
  | 'graft_rejected'
  | 'graft_sent'
  | 'prune_received'
  | 'prune_obeyed'
  | 'prune_sent'
  | 'link_lost'

export interface MeshEvent {
  readonly atMs: number
  readonly action: MeshAction
  readonly peerId: PeerIdStr
  readonly topic: TopicStr
  readonly reason?: MeshReason
  readonly score?: number
  readonly backoffSecs?: number
}

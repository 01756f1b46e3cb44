import type { MeshReason } from '../../../rpc/mesh-reason.ts'
import type { MeshAction } from '../../../rpc/mesh-views.ts'
import type { PeerIdStr, TopicStr } from '../../../shared/ids.ts'

/** What happened to a link of the mesh, as the router saw it. */
export interface MeshChange {
  readonly action: MeshAction
  readonly peerId: PeerIdStr
  readonly topic: TopicStr
  readonly reason?: MeshReason
  readonly score?: number
  readonly backoffSecs?: number
}

/** Told of every change, in the order they happen. Must not throw. */
export type MeshObserver = (change: MeshChange) => void

import type { NodePeerView } from '../../rpc/peer-views.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { DisconnectCause } from './last-disconnect.ts'
import { type PeerRecord, UNKNOWN_CLIENT } from './peer-record.ts'
import type { ReportReason } from './score/report-sites.ts'
import { disconnectReason } from './vocabulary/disconnect-reason.ts'
import { downscoreReasons } from './vocabulary/downscore-reason.ts'

/** What a view takes from the books beside the record. None of it may create an entry. */
export interface NodePeerSource {
  /** The combined score; undefined of a peer that has none. */
  score(peerId: PeerIdStr): number | undefined
  /** Reasons of this session's reports, distinct, newest first. */
  reportReasons(peerId: PeerIdStr): readonly ReportReason[]
  lastDisconnect(peerId: PeerIdStr): DisconnectCause | undefined
}

/** A peer in the standard's shape (beacon-APIs `Peer`, with the optional fields of #606 where there is data). */
export function nodePeerView(record: PeerRecord, source: NodePeerSource): NodePeerView {
  const { peerId, address, enr, state, direction, client } = record
  const score = source.score(peerId)
  const isLeft = state === 'disconnected' || state === 'disconnecting'
  const cause = isLeft ? source.lastDisconnect(peerId) : undefined
  const reasons = downscoreReasons(source.reportReasons(peerId))
  return {
    peer_id: peerId,
    enr: enr ?? null,
    last_seen_p2p_address: `${address}/p2p/${peerId}`,
    state,
    direction,
    ...(client === UNKNOWN_CLIENT ? {} : { agent_version: client }),
    ...(score === undefined ? {} : { score }),
    ...(cause === undefined ? {} : { disconnect_reason: disconnectReason(cause) }),
    ...(reasons.length === 0 ? {} : { downscore_reasons: reasons }),
  }
}

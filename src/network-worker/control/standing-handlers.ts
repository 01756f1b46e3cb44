/**
 * What standard tools read of peers, scores and the chain: the part of `Control` that only looks. In: the books, the
 * router, the newest block. Out: views; reading creates no entry anywhere.
 */
import type { Control } from '../../rpc/contract.ts'
import type { SyncingView } from '../../rpc/node-views.ts'
import type { NodePeerView, PeerScoreStatView } from '../../rpc/peer-views.ts'
import type { Handlers } from '../../rpc/server.ts'
import { RelayError } from '../../shared/errors.ts'
import type { BlockHead } from '../chain/block-head.ts'
import type { RelayRouter } from '../gossip/router/relay-router.ts'
import { scoreStatistics } from '../gossip/score/score-statistics.ts'
import { parsePeerId } from '../peers/dialling/dial-target.ts'
import type { LastDisconnects } from '../peers/last-disconnect.ts'
import { nodePeerView } from '../peers/node-peer-view.ts'
import type { PeerRecord } from '../peers/peer-record.ts'
import type { PeerRegistry } from '../peers/peer-registry.ts'
import type { ScoreBook, ScoreStanding } from '../peers/score/score-book.ts'
import { combinedScore } from '../peers/score/score-formula.ts'

export interface StandingDeps {
  readonly router: Pick<RelayRouter, 'meshPeers' | 'score'>
  readonly registry: PeerRegistry
  readonly scores: ScoreBook
  readonly lastDisconnects: LastDisconnects
  readonly head: BlockHead
  /** `beacon_block` under the digest in force. */
  readonly blockTopic: () => string
}

type StandingHandlers = Pick<
  Handlers<Control>,
  'listNodePeers' | 'getNodePeer' | 'getSyncing' | 'listPeerScoreStats' | 'listGossipScoreStats'
>

/** Slots a node may be behind and still count as synced (reference/p2p.md C1, "Relay meaning"). */
const MAX_SYNCED_DISTANCE = 2

export function standingHandlers(deps: StandingDeps): StandingHandlers {
  const { router, registry, scores, lastDisconnects } = deps
  const source = {
    score: (peerId: string) => scores.combinedScore(peerId),
    reportReasons: (peerId: string) => scores.reportReasons(peerId),
    lastDisconnect: (peerId: string) => lastDisconnects.get(peerId),
  }
  const viewOf = (record: PeerRecord): NodePeerView => nodePeerView(record, source)
  return {
    listNodePeers: () => registry.all().map(viewOf),
    getNodePeer: (text) => {
      const record = registry.get(parsePeerId(text))
      if (record === undefined) throw new RelayError('PEER_NOT_FOUND', 'peer not found')
      return viewOf(record)
    },
    getSyncing: () => syncing(deps),
    listPeerScoreStats: () => scores.standings().map(scoreStat),
    listGossipScoreStats: () => scoreStatistics(router.score),
  }
}

function syncing({ head, router, blockTopic }: StandingDeps): SyncingView {
  const distance = head.syncDistance()
  const isAlone = router.meshPeers(blockTopic()).length === 0
  return {
    head_slot: head.newestSlot ?? 0,
    sync_distance: distance,
    is_syncing: distance > MAX_SYNCED_DISTANCE || isAlone,
  }
}

function scoreStat({ peerId, peerScore, gossipScore, changedAtMs, lastReport }: ScoreStanding): PeerScoreStatView {
  return {
    peer_id: peerId,
    lodestar_score: peerScore,
    gossip_score: gossipScore,
    ignore_negative_gossip_score: false,
    score: combinedScore(peerScore, gossipScore),
    last_update: changedAtMs,
    last_action_name: lastReport?.reason ?? null,
    last_action_delta_score: lastReport?.delta ?? null,
    last_action_unix_ms: lastReport?.atMs ?? null,
  }
}

/**
 * What is known and decided about peers before anybody talks to them: who is here, who may be, what each is worth, whom
 * not to dial for a while. One set of books for the host's gate, the peer manager and the API.
 */
import type { RelayConfig } from '../../config/schema.ts'
import type { ScoreBan } from '../../rpc/access.ts'
import type { RestoredState } from '../../rpc/settings-views.ts'
import type { Clock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { Logger } from '../../shared/logger.ts'
import type { IpExemption } from '../host/ip-exemption.ts'
import { AccessBook } from './access/access-book.ts'
import { Admission } from './admission.ts'
import { RedialBook } from './dialling/redial-book.ts'
import { GOODBYE, type GoodbyeReason } from './goodbye-reason.ts'
import { LastDisconnects } from './last-disconnect.ts'
import { PeerRegistry } from './peer-registry.ts'
import { ScoreBook } from './score/score-book.ts'

const MS_PER_SECOND = 1000

export interface PeerBooks {
  readonly registry: PeerRegistry
  readonly access: AccessBook
  readonly scores: ScoreBook
  readonly redial: RedialBook
  readonly lastDisconnects: LastDisconnects
  readonly admission: Admission
  /** Trusted and explicit peers stay whatever their latency and however many there are. */
  readonly isKept: (peerId: PeerIdStr) => boolean
}

export interface PeerBooksDeps {
  readonly config: RelayConfig
  readonly clock: Clock
  readonly log: Logger
  readonly restored: Pick<RestoredState, 'access' | 'scoreBans'>
  /** Addresses outside every rule about shared ones. */
  readonly exemption: IpExemption
  readonly targetPeers: () => number
  readonly isExplicit: (peerId: PeerIdStr) => boolean
  readonly gossipScore: (peerId: PeerIdStr) => number
  readonly disconnect: (peerId: PeerIdStr, reason: GoodbyeReason) => Promise<void>
  readonly onScoreBan: (ban: ScoreBan) => void
  readonly onScoreBanLifted: (peerId: PeerIdStr) => void
}

/** Opens the books with what earlier runs left. */
export function openPeerBooks(deps: PeerBooksDeps): PeerBooks {
  const { config, clock, log, restored, exemption, disconnect } = deps
  const registry = new PeerRegistry()
  const access = new AccessBook(restored.access)
  const isKept = (peerId: PeerIdStr): boolean => access.isTrusted(peerId) || deps.isExplicit(peerId)
  const scores = new ScoreBook({
    clock,
    banFreezeMs: config.banDuration * MS_PER_SECOND,
    isTrusted: (peerId) => access.isTrusted(peerId),
    isExemptIp: (ip) => exemption.isExempt(ip),
    gossipScore: deps.gossipScore,
    effects: {
      onForcedDisconnect: (peerId) => {
        log.info({ peer: peerId, client: registry.get(peerId)?.client }, 'peer disconnected for its score')
        void disconnect(peerId, GOODBYE.badScore)
      },
      onBanned: (ban) => {
        log.info({ peer: ban.peerId, client: registry.get(ban.peerId)?.client }, 'peer banned for its score')
        deps.onScoreBan(ban)
        void disconnect(ban.peerId, GOODBYE.badScore)
      },
      onUnbanned: (peerId) => {
        log.debug({ peer: peerId }, 'ban by score lifted')
        deps.onScoreBanLifted(peerId)
      },
    },
  })
  scores.restore(restored.scoreBans)
  const admission = new Admission({ access, scores, registry, isKept, targetPeers: deps.targetPeers })
  return {
    registry,
    access,
    scores,
    redial: new RedialBook(clock),
    lastDisconnects: new LastDisconnects(),
    admission,
    isKept,
  }
}

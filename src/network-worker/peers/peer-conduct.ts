/**
 * What peers do wrong, from every place that sees it, on its way to their score. In: failures of our requests, violations
 * in theirs, gossip offences, facts of the handshake. Out: reports by the tables of score/report-sites.ts, and the
 * goodbye where a site has one of its own.
 */
import { CUSTODY_REQUIREMENT, NUMBER_OF_CUSTODY_GROUPS } from '../../consensus/custody.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { Logger } from '../../shared/logger.ts'
import type { GossipOffence } from '../gossip/gossip-offence.ts'
import type { ReqRespError } from '../reqresp/reqresp-error.ts'
import { requestNameOf } from '../reqresp/serving/served-protocols.ts'
import type { Metadata, ViolationKind } from '../reqresp/types.ts'
import { GOODBYE, type GoodbyeReason } from './goodbye-reason.ts'
import {
  BAD_CUSTODY_COUNT,
  BAD_GOSSIP_RPC,
  FAR_AHEAD,
  IRRELEVANT_NETWORK,
  NO_GOSSIPSUB,
  type Report,
  type ReportReason,
  rejectReport,
  requestFailure,
  SLOW_PEER,
  violationReport,
} from './score/report-sites.ts'
import type { ScoreBook } from './score/score-book.ts'

/** Every gossipsub version, go's and rust's names included. */
const GOSSIPSUB_PREFIX = '/meshsub/'

/** What a stall of our own makes every peer look guilty of: time-outs, and what they sent meanwhile coming as a burst. */
const LOOKS_OF_A_STALL: ReadonlySet<ReportReason> = new Set<ReportReason>([
  'request_negotiation_timeout',
  'request_timeout',
  'inbound_timeout',
  'inbound_rate_limited',
  'slow_peer',
])

/** What a line of our own that is gone makes every peer look guilty of. */
const LOOKS_OF_A_LOST_LINE: ReadonlySet<ReportReason> = new Set<ReportReason>([
  'request_negotiation_timeout',
  'request_timeout',
])

export interface PeerConductDeps {
  readonly scores: Pick<ScoreBook, 'report'>
  readonly disconnect: (peerId: PeerIdStr, reason: GoodbyeReason) => Promise<void>
  /** Custody is part of the protocol in the fork in force: Fulu and later. */
  readonly hasCustody: () => boolean
  /** This thread does not keep up, or did not a moment ago. */
  readonly isStalled: () => boolean
  /** A peer did not answer: does it share that with most others? */
  readonly isSilenceShared: (peerId: PeerIdStr) => boolean
  readonly log: Logger
}

export class PeerConduct {
  readonly #deps: PeerConductDeps

  constructor(deps: PeerConductDeps) {
    this.#deps = deps
  }

  requestFailed(peerId: PeerIdStr, error: ReqRespError): void {
    this.#report(peerId, requestFailure(error))
  }

  /** `protocol` is the full protocol id. */
  violated(peerId: PeerIdStr, kind: ViolationKind, protocol: string): void {
    const request = requestNameOf(protocol)
    this.#deps.log.debug({ peer: peerId, kind, protocol }, 'Req/Resp violation')
    if (request !== undefined) this.#report(peerId, violationReport(kind, request))
  }

  offended(peerId: PeerIdStr, offence: GossipOffence): void {
    this.#report(peerId, offenceReport(offence))
  }

  irrelevant(peerId: PeerIdStr): void {
    this.#dismiss(peerId, IRRELEVANT_NETWORK, GOODBYE.irrelevantNetwork)
  }

  /** Looks at what a peer says of itself. Zero groups are said by clients that do not know theirs: Prysm without discovery. */
  introduced(peerId: PeerIdStr, metadata: Metadata): void {
    const count = metadata.custodyGroupCount ?? 0
    if (count === 0 || !this.#deps.hasCustody()) return
    if (count >= CUSTODY_REQUIREMENT && count <= NUMBER_OF_CUSTODY_GROUPS) return
    this.#deps.log.info({ peer: peerId, count }, 'peer with an impossible custody group count')
    this.#dismiss(peerId, BAD_CUSTODY_COUNT, GOODBYE.fault)
  }

  /** Looks at the protocols a peer speaks, as identify has them. */
  identified(peerId: PeerIdStr, protocols: readonly string[]): void {
    if (protocols.length === 0 || protocols.some((id) => id.startsWith(GOSSIPSUB_PREFIX))) return
    this.#dismiss(peerId, NO_GOSSIPSUB, GOODBYE.unknown)
  }

  /** The goodbye goes first, or the one of the ban that the report leads to would be sent. */
  #dismiss(peerId: PeerIdStr, report: Report, reason: GoodbyeReason): void {
    void this.#deps.disconnect(peerId, reason)
    this.#report(peerId, report)
  }

  #report(peerId: PeerIdStr, report: Report | undefined): void {
    if (report === undefined || (LOOKS_OF_A_STALL.has(report.reason) && this.#deps.isStalled())) return
    if (LOOKS_OF_A_LOST_LINE.has(report.reason) && this.#deps.isSilenceShared(peerId)) return
    this.#deps.scores.report(peerId, report.action, report.reason)
  }
}

function offenceReport(offence: GossipOffence): Report | undefined {
  switch (offence.kind) {
    case 'rejected':
      return rejectReport(offence.topicKind, offence.reason)
    case 'far_ahead':
      return FAR_AHEAD
    case 'bad_rpc':
      return BAD_GOSSIP_RPC
    case 'slow':
      return SLOW_PEER
  }
}

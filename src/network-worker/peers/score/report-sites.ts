/**
 * Which misbehaviour is which action. In: what the Req/Resp and gossip sides saw. Out: a report, or undefined where it
 * costs nothing. One row for each kind: a new kind without one does not compile.
 * Source: reference/scoring.md §2, and design.md §2, "report sites", where the two differ.
 */
import type { GossipKind } from '../../../consensus/topic-table.ts'
import type { ReqRespError } from '../../reqresp/reqresp-error.ts'
import type { AskedName, RequestName, ServedName, ViolationKind } from '../../reqresp/types.ts'
import { isRejectReason, type VerdictReason } from '../../validation/verdict.ts'
import type { PeerAction } from './score-formula.ts'

/** Why a peer was reported. A closed list: each is a metric label, and an API maps each to its own words. */
export type ReportReason =
  | 'request_unsupported'
  | 'request_negotiation_timeout'
  | 'request_timeout'
  | 'request_incomplete'
  | 'request_bad_response'
  | 'request_stream_error'
  | 'request_answered_invalid_request'
  | 'request_answered_server_error'
  | 'request_answered_unavailable'
  | 'request_answered_rate_limited'
  | 'request_answered_blobs_not_found'
  | 'request_answered_unknown_code'
  | `inbound_${ViolationKind}`
  | 'gossip_invalid_block'
  | 'gossip_invalid_attestation'
  | 'gossip_invalid_aggregate'
  | 'gossip_invalid_blob_sidecar'
  | 'gossip_invalid_data_column_sidecar'
  | 'gossip_invalid_other'
  | 'gossip_far_ahead'
  | 'gossip_bad_rpc'
  | 'irrelevant_network'
  | 'bad_custody_count'
  | 'no_gossipsub'
  | 'slow_peer'

export interface Report {
  readonly action: PeerAction
  readonly reason: ReportReason
}

function report(action: PeerAction, reason: ReportReason): Report {
  return { action, reason }
}

/** A Status of another network: other fork digest, or a head that is in the future. */
export const IRRELEVANT_NETWORK = report('fatal', 'irrelevant_network')
/** Metadata with a custody group count that no node can have. */
export const BAD_CUSTODY_COUNT = report('fatal', 'bad_custody_count')
export const NO_GOSSIPSUB = report('fatal', 'no_gossipsub')
/**
 * A message of a slot after the next one. It is ignored, as the specs have it, since clocks differ; but whoever sends it
 * made it, for honest nodes ignore it too, and his clock is off by more than that of a Status that would cost him all.
 */
export const FAR_AHEAD = report('high', 'gossip_far_ahead')
/** A gossipsub frame that does not decode, or is beyond its bounds. */
export const BAD_GOSSIP_RPC = report('fatal', 'gossip_bad_rpc')
/** Does not take what we send: more than 10 failed sends since the last heartbeat. */
export const SLOW_PEER = report('high', 'slow_peer')

type Answered = Exclude<AskedName, 'goodbye' | 'beacon_blocks_by_range'>

/**
 * What a failed request of ours costs. A goodbye is a courtesy and costs nothing; nor do blocks that we have no use for, a
 * peer that is gone, or a limit of our own.
 */
export function requestFailure(error: ReqRespError): Report | undefined {
  const { kind, request, resultCode } = error
  if (request === 'goodbye' || request === 'beacon_blocks_by_range') return undefined
  switch (kind) {
    case 'disconnected':
    case 'too_many_requests':
      return undefined
    // Every node must speak status, ping and metadata.
    case 'unsupported':
      return report('fatal', 'request_unsupported')
    case 'negotiation_timeout':
      return report('low', 'request_negotiation_timeout')
    case 'timeout':
      return report('low', 'request_timeout')
    case 'incomplete':
      return report('mid', 'request_incomplete')
    case 'bad_response':
      return report('fatal', 'request_bad_response')
    case 'stream_error':
      return report('low', 'request_stream_error')
    case 'error_response':
      return errorResponse(request, resultCode)
  }
}

/** 139 costs a ping more: ours are far below the quota all clients use. */
const RATE_LIMITED_ACTION: Record<Answered, PeerAction> = { ping: 'mid', status: 'low', metadata: 'low' }

/** Result bytes are any byte, so this table alone has a last row for the rest (reference/scoring.md §2.1). */
function errorResponse(request: Answered, resultCode: number | undefined): Report {
  switch (resultCode) {
    case 1:
      return report('low', 'request_answered_invalid_request')
    case 2:
      return report('mid', 'request_answered_server_error')
    // Nothing we ask for can be unavailable.
    case 3:
      return report('fatal', 'request_answered_unavailable')
    case 139:
      return report(RATE_LIMITED_ACTION[request], 'request_answered_rate_limited')
    case 140:
      return report('low', 'request_answered_blobs_not_found')
    default:
      return report('high', 'request_answered_unknown_code')
  }
}

const VIOLATION_ACTION: Record<Exclude<ViolationKind, 'rate_limited'>, PeerAction> = {
  bad_frame: 'fatal',
  bad_length: 'fatal',
  bad_ssz: 'fatal',
  trailing_bytes: 'fatal',
  too_many_streams: 'fatal',
  incomplete: 'mid',
  timeout: 'low',
}

/** What a peer's own request costs it, when it is none. */
export function violationReport(kind: ViolationKind, request: RequestName | ServedName): Report | undefined {
  if (kind === 'rate_limited') return report(request === 'ping' ? 'mid' : 'low', 'inbound_rate_limited')
  return report(VIOLATION_ACTION[kind], `inbound_${kind}`)
}

/**
 * What a rejected message costs beside its gossip score. Topics without gossip score would cost nothing at all
 * otherwise, so that a message that does not decode counts like one that is invalid.
 */
const REJECT_REPORT: Record<GossipKind, Report> = {
  beacon_block: report('mid', 'gossip_invalid_block'),
  beacon_attestation: report('mid', 'gossip_invalid_attestation'),
  beacon_aggregate_and_proof: report('mid', 'gossip_invalid_aggregate'),
  blob_sidecar: report('low', 'gossip_invalid_blob_sidecar'),
  data_column_sidecar: report('low', 'gossip_invalid_data_column_sidecar'),
  voluntary_exit: report('low', 'gossip_invalid_other'),
  proposer_slashing: report('low', 'gossip_invalid_other'),
  attester_slashing: report('low', 'gossip_invalid_other'),
  sync_committee: report('low', 'gossip_invalid_other'),
  sync_committee_contribution_and_proof: report('low', 'gossip_invalid_other'),
  light_client_finality_update: report('low', 'gossip_invalid_other'),
  light_client_optimistic_update: report('low', 'gossip_invalid_other'),
  bls_to_execution_change: report('low', 'gossip_invalid_other'),
  execution_payload_bid: report('low', 'gossip_invalid_other'),
  execution_payload: report('low', 'gossip_invalid_other'),
  payload_attestation_message: report('low', 'gossip_invalid_other'),
  proposer_preferences: report('low', 'gossip_invalid_other'),
}

/** What a message that was rejected for `reason` costs the peer it came from. */
export function rejectReport(kind: GossipKind, reason: VerdictReason): Report | undefined {
  return isRejectReason(reason) ? REJECT_REPORT[kind] : undefined
}

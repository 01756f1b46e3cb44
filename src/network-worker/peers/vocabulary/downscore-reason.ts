/** Our reasons to report a peer in the words of the beacon node API (beacon-APIs #606). */
import type { DownscoreReason } from '../../../rpc/peer-views.ts'
import type { ReportReason } from '../score/report-sites.ts'

/** Reasons shown of a peer (design.md §2, `downscore_reasons`). */
export const MAX_DOWNSCORE_REASONS = 8

const WORD_OF_REPORT: Record<ReportReason, DownscoreReason> = {
  request_unsupported: 'rpc_invalid_response',
  request_negotiation_timeout: 'rpc_timeout',
  request_timeout: 'rpc_timeout',
  request_incomplete: 'rpc_invalid_response',
  request_bad_response: 'rpc_invalid_response',
  request_stream_error: 'rpc_io_error',
  request_answered_invalid_request: 'rpc_invalid_request',
  request_answered_server_error: 'rpc_invalid_response',
  request_answered_unavailable: 'rpc_invalid_response',
  request_answered_rate_limited: 'rpc_rate_limited',
  request_answered_blobs_not_found: 'rpc_invalid_response',
  request_answered_unknown_code: 'rpc_invalid_response',
  inbound_bad_frame: 'rpc_invalid_request',
  inbound_bad_length: 'rpc_invalid_request',
  inbound_bad_ssz: 'rpc_invalid_request',
  inbound_trailing_bytes: 'rpc_invalid_request',
  inbound_incomplete: 'rpc_invalid_request',
  inbound_timeout: 'rpc_timeout',
  inbound_rate_limited: 'rpc_rate_limited',
  inbound_too_many_streams: 'rpc_rate_limited',
  gossip_invalid_block: 'gossip_invalid_block',
  gossip_invalid_attestation: 'gossip_invalid_attestation',
  gossip_invalid_aggregate: 'gossip_invalid_attestation',
  gossip_invalid_blob_sidecar: 'gossip_invalid_blob_sidecar',
  gossip_invalid_data_column_sidecar: 'gossip_invalid_data_column_sidecar',
  gossip_invalid_other: 'behaviour_penalty',
  gossip_far_ahead: 'behaviour_penalty',
  gossip_bad_rpc: 'behaviour_penalty',
  irrelevant_network: 'status_unviable_fork',
  bad_custody_count: 'behaviour_penalty',
  no_gossipsub: 'behaviour_penalty',
  slow_peer: 'behaviour_penalty',
}

/** One reason in the words of the API. */
export function downscoreReason(reason: ReportReason): DownscoreReason {
  return WORD_OF_REPORT[reason]
}

/** Reasons in the words of the API, in the order given, each once, at most 8. Several of ours share a word. */
export function downscoreReasons(reasons: readonly ReportReason[]): readonly DownscoreReason[] {
  return [...new Set(reasons.map(downscoreReason))].slice(0, MAX_DOWNSCORE_REASONS)
}

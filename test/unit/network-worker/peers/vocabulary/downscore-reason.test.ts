import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ReportReason } from '../../../../../src/network-worker/peers/score/report-sites.ts'
import {
  downscoreReason,
  downscoreReasons,
  MAX_DOWNSCORE_REASONS,
} from '../../../../../src/network-worker/peers/vocabulary/downscore-reason.ts'
import type { DownscoreReason } from '../../../../../src/rpc/peer-views.ts'

/** The standard's word, and all reports that it stands for. */
const TABLE: Partial<Record<DownscoreReason, readonly ReportReason[]>> = {
  rpc_invalid_response: [
    'request_unsupported',
    'request_bad_response',
    'request_incomplete',
    'request_answered_server_error',
    'request_answered_unavailable',
    'request_answered_unknown_code',
    'request_answered_blobs_not_found',
  ],
  rpc_timeout: ['request_negotiation_timeout', 'request_timeout', 'inbound_timeout'],
  rpc_io_error: ['request_stream_error'],
  rpc_invalid_request: [
    'request_answered_invalid_request',
    'inbound_bad_frame',
    'inbound_bad_length',
    'inbound_bad_ssz',
    'inbound_trailing_bytes',
    'inbound_incomplete',
  ],
  rpc_rate_limited: ['request_answered_rate_limited', 'inbound_rate_limited', 'inbound_too_many_streams'],
  gossip_invalid_block: ['gossip_invalid_block'],
  gossip_invalid_attestation: ['gossip_invalid_attestation', 'gossip_invalid_aggregate'],
  gossip_invalid_blob_sidecar: ['gossip_invalid_blob_sidecar'],
  gossip_invalid_data_column_sidecar: ['gossip_invalid_data_column_sidecar'],
  behaviour_penalty: [
    'gossip_invalid_other',
    'gossip_far_ahead',
    'gossip_bad_rpc',
    'slow_peer',
    'no_gossipsub',
    'bad_custody_count',
  ],
  status_unviable_fork: ['irrelevant_network'],
}
const REASONS = Object.values(TABLE).flat()

test('every report has its word in the standard', () => {
  for (const [word, reasons] of Object.entries(TABLE)) {
    for (const reason of reasons) assert.equal(downscoreReason(reason), word, reason)
  }
})

test('reports that share a word are one, at the place of the newest', () => {
  assert.deepEqual(downscoreReasons(['inbound_timeout', 'gossip_invalid_block', 'request_timeout']), [
    'rpc_timeout',
    'gossip_invalid_block',
  ])
})

test('any reports: each word once, in order, at most 8, the oldest left out', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom(...REASONS)), (reasons) => {
      const words = downscoreReasons(reasons)
      const all = new Set(reasons.map(downscoreReason))
      assert.equal(words.length, Math.min(all.size, MAX_DOWNSCORE_REASONS))
      assert.deepEqual(words, [...all].slice(0, MAX_DOWNSCORE_REASONS))
    }),
  )
})

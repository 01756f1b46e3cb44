import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GossipKind } from '../../../../../src/consensus/topic-table.ts'
import * as sites from '../../../../../src/network-worker/peers/score/report-sites.ts'
import type { PeerAction } from '../../../../../src/network-worker/peers/score/score-formula.ts'
import { ReqRespError, type ReqRespErrorKind } from '../../../../../src/network-worker/reqresp/reqresp-error.ts'
import type { RequestName, ViolationKind } from '../../../../../src/network-worker/reqresp/types.ts'
import { IGNORE_REASONS, REJECT_REASONS } from '../../../../../src/network-worker/validation/verdict.ts'

type Cost = PeerAction | 'none'
const REQUESTS = ['ping', 'status', 'metadata'] as const

function costOf(report: sites.Report | undefined): Cost {
  return report?.action ?? 'none'
}

function failure(kind: ReqRespErrorKind, request: RequestName, resultCode?: number): sites.Report | undefined {
  return sites.requestFailure(new ReqRespError(kind, request, 'detail', resultCode === undefined ? {} : { resultCode }))
}

const FAILURES: Record<Exclude<ReqRespErrorKind, 'error_response'>, Cost> = {
  disconnected: 'none',
  too_many_requests: 'none',
  unsupported: 'fatal',
  negotiation_timeout: 'low',
  timeout: 'low',
  incomplete: 'mid',
  bad_response: 'fatal',
  stream_error: 'low',
}

for (const [kind, cost] of Object.entries(FAILURES) as [keyof typeof FAILURES, Cost][]) {
  test(`a request of ours that ends as ${kind} costs ${cost}`, () => {
    for (const request of REQUESTS) assert.equal(costOf(failure(kind, request)), cost, request)
  })
}

test('a goodbye that fails costs nothing, however it fails', () => {
  for (const kind of Object.keys(FAILURES) as ReqRespErrorKind[])
    assert.equal(failure(kind, 'goodbye'), undefined, kind)
  assert.equal(failure('error_response', 'goodbye', 3), undefined)
})

test('an error response costs by its result byte', () => {
  const rows: readonly (readonly [number | undefined, Record<(typeof REQUESTS)[number], Cost>])[] = [
    [1, { ping: 'low', status: 'low', metadata: 'low' }],
    [2, { ping: 'mid', status: 'mid', metadata: 'mid' }],
    [3, { ping: 'fatal', status: 'fatal', metadata: 'fatal' }],
    [139, { ping: 'mid', status: 'low', metadata: 'low' }],
    [140, { ping: 'low', status: 'low', metadata: 'low' }],
    [4, { ping: 'high', status: 'high', metadata: 'high' }],
    [255, { ping: 'high', status: 'high', metadata: 'high' }],
    [undefined, { ping: 'high', status: 'high', metadata: 'high' }],
  ]
  for (const [resultCode, costs] of rows) {
    for (const request of REQUESTS) {
      assert.equal(costOf(failure('error_response', request, resultCode)), costs[request], `${resultCode} ${request}`)
    }
  }
})

test('a violation in a request of theirs costs by its kind', () => {
  const costs: Record<Exclude<ViolationKind, 'rate_limited'>, Cost> = {
    bad_frame: 'fatal',
    bad_length: 'fatal',
    bad_ssz: 'fatal',
    trailing_bytes: 'fatal',
    too_many_streams: 'fatal',
    incomplete: 'mid',
    timeout: 'low',
  }
  for (const [kind, cost] of Object.entries(costs) as [keyof typeof costs, Cost][]) {
    for (const request of [...REQUESTS, 'goodbye'] as const) {
      assert.deepEqual(sites.violationReport(kind, request), { action: cost, reason: `inbound_${kind}` })
    }
  }
})

test('a flood of pings costs more than one of anything else', () => {
  const costs: Record<RequestName, Cost> = { ping: 'mid', status: 'low', metadata: 'low', goodbye: 'low' }
  for (const [request, cost] of Object.entries(costs) as [RequestName, Cost][]) {
    assert.deepEqual(sites.violationReport('rate_limited', request), { action: cost, reason: 'inbound_rate_limited' })
  }
})

const REJECTED: Record<GossipKind, Cost> = {
  beacon_block: 'mid',
  beacon_attestation: 'mid',
  beacon_aggregate_and_proof: 'mid',
  blob_sidecar: 'low',
  data_column_sidecar: 'low',
  voluntary_exit: 'low',
  proposer_slashing: 'low',
  attester_slashing: 'low',
  sync_committee: 'low',
  sync_committee_contribution_and_proof: 'low',
  light_client_finality_update: 'low',
  light_client_optimistic_update: 'low',
  bls_to_execution_change: 'low',
  execution_payload_bid: 'low',
  execution_payload: 'low',
  payload_attestation_message: 'low',
  proposer_preferences: 'low',
}

test('a rejected message costs by its topic, whether it does not decode or breaks a rule', () => {
  for (const [kind, cost] of Object.entries(REJECTED) as [GossipKind, Cost][]) {
    for (const reason of REJECT_REASONS)
      assert.equal(costOf(sites.rejectReport(kind, reason)), cost, `${kind} ${reason}`)
  }
})

test('what clocks and forks of honest nodes differ in costs nothing', () => {
  for (const kind of Object.keys(REJECTED) as GossipKind[]) {
    for (const reason of IGNORE_REASONS) assert.equal(sites.rejectReport(kind, reason), undefined, `${kind} ${reason}`)
  }
})

test('sites without a table', () => {
  assert.deepEqual(sites.IRRELEVANT_NETWORK, { action: 'fatal', reason: 'irrelevant_network' })
  assert.deepEqual(sites.BAD_CUSTODY_COUNT, { action: 'fatal', reason: 'bad_custody_count' })
  assert.deepEqual(sites.NO_GOSSIPSUB, { action: 'fatal', reason: 'no_gossipsub' })
  assert.deepEqual(sites.FAR_AHEAD, { action: 'high', reason: 'gossip_far_ahead' })
  assert.deepEqual(sites.BAD_GOSSIP_RPC, { action: 'fatal', reason: 'gossip_bad_rpc' })
  assert.deepEqual(sites.SLOW_PEER, { action: 'high', reason: 'slow_peer' })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import pino from 'pino'
import { PeerConduct } from '../../../../src/network-worker/peers/peer-conduct.ts'
import { ReqRespError } from '../../../../src/network-worker/reqresp/reqresp-error.ts'
import type { Metadata } from '../../../../src/network-worker/reqresp/types.ts'

/** A conduct, and what it did in order: goodbyes as numbers, reports as words. */
function scene({ hasCustody = true, isStalled = false, isSilenceShared = false } = {}) {
  const done: (number | string)[] = []
  const conduct = new PeerConduct({
    scores: { report: (_peer, action, reason) => void done.push(`${action} ${reason}`) },
    disconnect: async (_peer, reason) => void done.push(reason),
    hasCustody: () => hasCustody,
    isStalled: () => isStalled,
    isSilenceShared: () => isSilenceShared,
    log: pino({ level: 'silent' }),
  })
  return { conduct, done }
}

function metadata(custodyGroupCount: number | undefined): Metadata {
  return { seqNumber: 1n, attnets: new Uint8Array(8), syncnets: new Uint8Array(1), custodyGroupCount }
}

test('a failed request is reported, one that is nobody’s fault is not', () => {
  const { conduct, done } = scene()
  conduct.requestFailed('peer', new ReqRespError('timeout', 'ping', 'late'))
  conduct.requestFailed('peer', new ReqRespError('disconnected', 'ping', 'gone'))
  assert.deepEqual(done, ['low request_timeout'])
})

test('a violation is reported by the request its protocol stands for', () => {
  const { conduct, done } = scene()
  conduct.violated('peer', 'rate_limited', '/eth2/beacon_chain/req/ping/1/ssz_snappy')
  conduct.violated('peer', 'rate_limited', '/eth2/beacon_chain/req/status/2/ssz_snappy')
  conduct.violated('peer', 'bad_frame', '/eth2/beacon_chain/req/metadata/3/ssz_snappy')
  assert.deepEqual(done, ['mid inbound_rate_limited', 'low inbound_rate_limited', 'fatal inbound_bad_frame'])
})

test('gossip offences are reported by their kind', () => {
  const { conduct, done } = scene()
  conduct.offended('peer', { kind: 'rejected', topicKind: 'beacon_block', reason: 'snappy_corrupt' })
  conduct.offended('peer', { kind: 'rejected', topicKind: 'voluntary_exit', reason: 'bad_layout' })
  conduct.offended('peer', { kind: 'far_ahead' })
  conduct.offended('peer', { kind: 'bad_rpc' })
  conduct.offended('peer', { kind: 'slow' })
  assert.deepEqual(done, [
    'mid gossip_invalid_block',
    'low gossip_invalid_other',
    'high gossip_far_ahead',
    'fatal gossip_bad_rpc',
    'high slow_peer',
  ])
})

test('a peer of another network gets goodbye 2 before the ban would send its own', () => {
  const { conduct, done } = scene()
  conduct.irrelevant('peer')
  assert.deepEqual(done, [2, 'fatal irrelevant_network'])
})

test('custody group counts are 4 to 128, from Fulu on, or not known', () => {
  for (const [count, isBad] of [
    [3, true],
    [4, false],
    [128, false],
    [129, true],
    [undefined, false],
    [0, false],
  ] as const) {
    const { conduct, done } = scene()
    conduct.introduced('peer', metadata(count))
    assert.deepEqual(done, isBad ? [3, 'fatal bad_custody_count'] : [], `${count}`)
  }
  const before = scene({ hasCustody: false })
  before.conduct.introduced('peer', metadata(1))
  assert.deepEqual(before.done, [])
})

test('a peer without gossipsub is dismissed, one that tells nothing is not', () => {
  const { conduct, done } = scene()
  conduct.identified('peer', ['/ipfs/id/1.0.0', '/meshsub/1.1.0'])
  conduct.identified('peer', [])
  assert.deepEqual(done, [])
  conduct.identified('peer', ['/ipfs/id/1.0.0', '/floodsub/1.0.0'])
  assert.deepEqual(done, [0, 'fatal no_gossipsub'])
})

test('while this thread stalls, what comes late or in a burst is nobody’s fault, and all else is', () => {
  const { conduct, done } = scene({ isStalled: true })
  conduct.requestFailed('peer', new ReqRespError('timeout', 'ping', 'late'))
  conduct.requestFailed('peer', new ReqRespError('negotiation_timeout', 'status', 'late'))
  conduct.violated('peer', 'rate_limited', '/eth2/beacon_chain/req/ping/1/ssz_snappy')
  conduct.violated('peer', 'timeout', '/eth2/beacon_chain/req/status/2/ssz_snappy')
  conduct.offended('peer', { kind: 'slow' })
  assert.deepEqual(done, [])
  conduct.offended('peer', { kind: 'bad_rpc' })
  conduct.requestFailed('peer', new ReqRespError('incomplete', 'ping', 'cut off'))
  assert.deepEqual(done, ['fatal gossip_bad_rpc', 'mid request_incomplete'])
})

test('what most peers do not answer at once is nobody’s fault, and all else is', () => {
  const { conduct, done } = scene({ isSilenceShared: true })
  conduct.requestFailed('peer', new ReqRespError('timeout', 'ping', 'late'))
  conduct.requestFailed('peer', new ReqRespError('negotiation_timeout', 'status', 'late'))
  assert.deepEqual(done, [])
  conduct.requestFailed('peer', new ReqRespError('stream_error', 'ping', 'broken'))
  conduct.violated('peer', 'rate_limited', '/eth2/beacon_chain/req/status/2/ssz_snappy')
  assert.deepEqual(done, ['low request_stream_error', 'low inbound_rate_limited'])
})

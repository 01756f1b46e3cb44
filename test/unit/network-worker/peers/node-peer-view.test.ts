import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type NodePeerSource, nodePeerView } from '../../../../src/network-worker/peers/node-peer-view.ts'
import { newPeerRecord, type PeerRecord } from '../../../../src/network-worker/peers/peer-record.ts'
import type { PeerState } from '../../../../src/rpc/peer-views.ts'

const PEER_ID = '16Uiu2HAmPeer'

function record(state: PeerState): PeerRecord {
  return { ...newPeerRecord(PEER_ID, '/ip4/192.0.2.1/tcp/9000', 'inbound'), state }
}

const NOTHING: NodePeerSource = {
  score: () => undefined,
  reportReasons: () => [],
  lastDisconnect: () => undefined,
}
const MUCH: NodePeerSource = {
  score: () => -21.5,
  reportReasons: () => ['request_timeout', 'gossip_invalid_block'],
  lastDisconnect: () => ({ goodbye: 'ours', code: 250 }),
}

test('without data there are the five fields of the standard and no others', () => {
  assert.deepEqual(nodePeerView(record('connecting'), NOTHING), {
    peer_id: PEER_ID,
    enr: null,
    last_seen_p2p_address: `/ip4/192.0.2.1/tcp/9000/p2p/${PEER_ID}`,
    state: 'connecting',
    direction: 'inbound',
  })
  assert.deepEqual(Object.keys(nodePeerView(record('disconnected'), NOTHING)).length, 5)
})

test('with data all four others are there; a score of 0 is data', () => {
  const peer = { ...record('disconnected'), client: 'Lighthouse/v8', enr: 'enr:-1' }
  assert.deepEqual(nodePeerView(peer, MUCH), {
    peer_id: PEER_ID,
    enr: 'enr:-1',
    last_seen_p2p_address: `/ip4/192.0.2.1/tcp/9000/p2p/${PEER_ID}`,
    state: 'disconnected',
    direction: 'inbound',
    agent_version: 'Lighthouse/v8',
    score: -21.5,
    disconnect_reason: 'bad_score',
    downscore_reasons: ['rpc_timeout', 'gossip_invalid_block'],
  })
  assert.equal(nodePeerView(record('connected'), { ...NOTHING, score: () => 0 }).score, 0)
})

test('a disconnect reason is shown of who is gone or going, and of nobody else', () => {
  const states: readonly PeerState[] = ['connected', 'connecting', 'disconnecting', 'disconnected']
  const shown = states.filter((state) => 'disconnect_reason' in nodePeerView(record(state), MUCH))
  assert.deepEqual(shown, ['disconnecting', 'disconnected'])
})

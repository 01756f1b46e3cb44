import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { newPeerRecord, type PeerRecord, recordRtt } from '../../../../src/network-worker/peers/peer-record.ts'
import { peerView, weightedGossipScore } from '../../../../src/network-worker/peers/peer-view.ts'

function record(): PeerRecord {
  const peer = newPeerRecord('peer', '/ip4/10.0.0.1/tcp/9000', 'inbound')
  peer.state = 'connected'
  peer.client = 'Lighthouse/v8'
  recordRtt(peer, 12.5)
  recordRtt(peer, 20)
  return peer
}

test('every field of a peer is shown', () => {
  assert.deepEqual(peerView(record(), 0), {
    peer_id: 'peer',
    address: '/ip4/10.0.0.1/tcp/9000',
    direction: 'inbound',
    state: 'connected',
    rtt_ms: 20,
    best_rtt_ms: 12.5,
    rtt_verified: true,
    is_trusted: false,
    score: 0,
    peer_score: 0,
    gossipsub_score: 0,
    gossipsub_score_weighted: 0,
    client: 'Lighthouse/v8',
  })
})

test('the gossip score is weighted by 19 in 16000', () => {
  assert.equal(weightedGossipScore(-200), -0.2375)
  assert.equal(weightedGossipScore(-16_000), -19)
  assert.equal(weightedGossipScore(1000), 1.1875)
})

test('score is the sum of its parts, exactly, whatever the gossip score', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e6, max: 54, noNaN: true }), (gossipScore) => {
      const view = peerView(record(), gossipScore)
      assert.equal(view.gossipsub_score, gossipScore)
      assert.equal(view.gossipsub_score_weighted, (gossipScore * 19) / 16_000)
      assert.equal(view.score, view.peer_score + view.gossipsub_score_weighted)
    }),
  )
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { newPeerRecord, type PeerRecord, recordRtt } from '../../../../src/network-worker/peers/peer-record.ts'
import { type PeerStandingSource, peerView } from '../../../../src/network-worker/peers/peer-view.ts'

function record(): PeerRecord {
  const peer = newPeerRecord('peer', '/ip4/10.0.0.1/tcp/9000', 'inbound')
  peer.state = 'connected'
  peer.client = 'Lighthouse/v8'
  recordRtt(peer, 12.5)
  recordRtt(peer, 20)
  return peer
}

const score = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true })

function standing(peerScore: number, gossipScore: number, isTrusted = false): PeerStandingSource {
  return { isTrusted: () => isTrusted, peerScore: () => peerScore, gossipScore: () => gossipScore }
}

test('every field of a peer is shown', () => {
  assert.deepEqual(peerView(record(), standing(-5, -200)), {
    peer_id: 'peer',
    address: '/ip4/10.0.0.1/tcp/9000',
    direction: 'inbound',
    state: 'connected',
    rtt_ms: 20,
    best_rtt_ms: 12.5,
    rtt_verified: true,
    is_trusted: false,
    score: -5.2375,
    peer_score: -5,
    gossipsub_score: -200,
    gossipsub_score_weighted: -0.2375,
    client: 'Lighthouse/v8',
  })
})

test('a trusted peer is shown without scores', () => {
  const view = peerView(record(), standing(-50, -16_000, true))
  const scores = [view.score, view.peer_score, view.gossipsub_score, view.gossipsub_score_weighted]
  assert.deepEqual([view.is_trusted, ...scores], [true, 0, 0, 0, 0])
})

test('score is the sum of its parts, exactly, whatever they are', () => {
  fc.assert(
    fc.property(score(-1e6, 54), score(-100, 0), (gossipScore, peerScore) => {
      const view = peerView(record(), standing(peerScore, gossipScore))
      assert.equal(view.peer_score, peerScore)
      assert.equal(view.gossipsub_score, gossipScore)
      assert.equal(view.gossipsub_score_weighted, (gossipScore * 19) / 16_000)
      assert.equal(view.score, view.peer_score + view.gossipsub_score_weighted)
    }),
  )
})

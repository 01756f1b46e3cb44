/** What the router makes of its parameters: the score of a peer by what it did. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PeerId } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { GossipKind } from '../../../../../src/consensus/topic-table.ts'
import type { GossipsubInternals } from '../../../../../src/network-worker/gossip/router/gossipsub-internals.ts'
import { topicScoreParams } from '../../../../../src/network-worker/gossip/score/topic-score-parameters.ts'
import { assertNear } from '../mesh/near.ts'
import { addPeer, MAINNET_SCORING, punish, routerScene } from '../router/router-scene.ts'

const SCORED: readonly GossipKind[] = [
  'beacon_block',
  'beacon_aggregate_and_proof',
  'beacon_attestation',
  'voluntary_exit',
  'proposer_slashing',
  'attester_slashing',
]

function scoreOf(router: GossipsubInternals, id: string): number {
  router.score.scoreCache.delete(id)
  return router.score.score(id)
}

test('n refused messages cost 107.5 n² on every scored topic', () => {
  for (const kind of SCORED) {
    const { router } = routerScene()
    const params = topicScoreParams({ kind, policy: 'blind' }, MAINNET_SCORING, 0)
    assert.ok(params !== undefined)
    router.score.params.topics[kind] = params
    addPeer(router, 'peer')
    for (let n = 1; n <= 13; n++) {
      router.score.rejectInvalidMessage('peer', kind)
      assertNear(scoreOf(router, 'peer'), -107.5 * n ** 2, `${n} of ${kind}`)
    }
  }
})

test('addresses: eight peers share one freely, each more costs them all', () => {
  const { router } = routerScene()
  const scores = Array.from({ length: 26 }, (_, index) => {
    const id = `peer-${index}`
    router.addPeer({ toString: () => id } as PeerId, 'inbound', multiaddr('/ip4/203.0.113.1/tcp/9000'))
    return scoreOf(router, 'peer-0')
  })
  const expected: [number, number][] = [
    [8, 0],
    [9, -53.75],
    [12, -860],
    [17, -4353.75],
    [26, -17_415],
  ]
  for (const [peers, score] of expected) assert.equal(scores[peers - 1], score, `${peers} peers`)
})

test('behaviour penalties: six are free, then they cost the square of the excess', () => {
  const expected: [number, number][] = [
    [6, 0],
    [7, -15.879335],
    [10, -254.06936],
    [16, -1587.9335],
  ]
  for (const [penalties, score] of expected) {
    const { router } = routerScene()
    addPeer(router, 'peer')
    router.score.addPenalty('peer', penalties, 'test')
    assertNear(scoreOf(router, 'peer'), score, `${penalties} penalties`)
  }
})

test('a trusted peer is never below zero; without the trust it is what it was', () => {
  const { router, trusted } = routerScene()
  const { peerId } = addPeer(router, 'peer')
  punish(router, 'peer')
  const untrusted = router.score.score('peer')
  assert.ok(untrusted < 0)
  trusted.add('peer')
  assert.equal(router.score.score('peer'), 0, 'at once, though the score was cached')
  router.removePeer(peerId)
  assert.equal(router.score.score('peer'), 0)
  router.addPeer(peerId, 'inbound', multiaddr('/ip4/203.0.113.2/tcp/9000'))
  trusted.delete('peer')
  assert.equal(router.score.score('peer'), untrusted, 'the record was kept')
})

test('a trusted peer earns what others earn', () => {
  const { router, trusted } = routerScene()
  addPeer(router, 'peer')
  trusted.add('peer')
  const topic = Object.keys(router.score.params.topics)[0] ?? assert.fail('no topic is scored')
  router.score.deliverMessage('peer', 'id', topic)
  assert.ok(scoreOf(router, 'peer') > 0)
})

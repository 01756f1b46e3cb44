import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_LISTED_PEERS, scoreStatistics } from '../../../../../src/network-worker/gossip/score/score-statistics.ts'
import { topicScoreParams } from '../../../../../src/network-worker/gossip/score/topic-score-parameters.ts'
import { addPeer, MAINNET_SCORING, routerScene, TOPIC } from '../router/router-scene.ts'

test('what gossipsub counts is shown in snake case, as plain data', () => {
  const { router } = routerScene()
  const params = topicScoreParams({ kind: 'beacon_block', policy: 'blind' }, MAINNET_SCORING, 0)
  assert.ok(params !== undefined)
  router.score.params.topics[TOPIC] = params
  assert.deepEqual(scoreStatistics(router.score), [])
  addPeer(router, 'peer')
  router.score.rejectInvalidMessage('peer', TOPIC)
  router.score.addPenalty('peer', 2, 'test')
  const stats = scoreStatistics(router.score)
  assert.deepEqual(structuredClone(stats), stats)
  const [view = assert.fail('no peer')] = stats
  assert.deepEqual([view.peer_id, view.connected, view.expire, view.behaviour_penalty], ['peer', true, 0, 2])
  assert.deepEqual(view.topics[TOPIC], {
    in_mesh: false,
    time_in_mesh: 0,
    first_message_deliveries: 0,
    mesh_message_deliveries: 0,
    mesh_message_deliveries_active: false,
    mesh_failure_penalty: 0,
    invalid_message_deliveries: 1,
  })
})

test('a peer that left the mesh has no time in it', () => {
  const counters = {
    inMesh: false,
    graftTime: 0,
    meshTime: 5000,
    firstMessageDeliveries: 1.5,
    meshMessageDeliveries: 2.5,
    meshMessageDeliveriesActive: true,
    meshFailurePenalty: 4,
    invalidMessageDeliveries: 0,
  }
  const stats = { connected: false, expire: 99, behaviourPenalty: 0, knownIPs: new Set(['192.0.2.1', '2001:db8::1']) }
  const peerStats = new Map([
    ['left', { ...stats, topics: { [TOPIC]: counters } }],
    ['here', { ...stats, topics: { [TOPIC]: { ...counters, inMesh: true } } }],
  ])
  const views = scoreStatistics({ peerStats })
  assert.deepEqual(
    views.map(({ topics }) => topics[TOPIC]?.['time_in_mesh']),
    [0, 5000],
  )
  assert.deepEqual(views[0]?.known_ips, ['192.0.2.1', '2001:db8::1'])
  assert.deepEqual(views[0]?.topics[TOPIC], {
    in_mesh: false,
    time_in_mesh: 0,
    first_message_deliveries: 1.5,
    mesh_message_deliveries: 2.5,
    mesh_message_deliveries_active: true,
    mesh_failure_penalty: 4,
    invalid_message_deliveries: 0,
  })
})

test('of more peers than are listed, those who are connected come first', () => {
  const gone = { connected: false, expire: 99, behaviourPenalty: 0, knownIPs: new Set<string>(), topics: {} }
  const peerStats = new Map(Array.from({ length: MAX_LISTED_PEERS + 5 }, (_, index) => [`gone-${index}`, gone]))
  peerStats.set('here', { ...gone, connected: true })
  const views = scoreStatistics({ peerStats })
  assert.equal(views.length, MAX_LISTED_PEERS)
  assert.deepEqual([views[0]?.peer_id, views[1]?.peer_id], ['here', 'gone-0'])
})

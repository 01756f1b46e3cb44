import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSlotClock } from '../../../../src/consensus/slot-clock.ts'
import { BlockHead } from '../../../../src/network-worker/chain/block-head.ts'
import { standingHandlers } from '../../../../src/network-worker/control/standing-handlers.ts'
import { LastDisconnects } from '../../../../src/network-worker/peers/last-disconnect.ts'
import { PeerRegistry } from '../../../../src/network-worker/peers/peer-registry.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { routerScene, TOPIC } from '../gossip/router/router-scene.ts'
import { ScoredPeers } from '../peers/score/scored-peers.ts'
import { smallNetwork } from '../small-network.ts'

const NETWORK = smallNetwork()
const PEER_ID = '16Uiu2HAmTH7nf3R5Ky5keaa9V21JL9jcjskHCXZZpr7VeUsnZk1m'
const WALL_SLOT = 30

/** Handlers at slot 30 over real books and a real router. */
function scene() {
  const clock = new FakeClock(NETWORK.genesisTimeSeconds * 1000 + WALL_SLOT * NETWORK.slotDurationMs)
  const head = new BlockHead(createSlotClock(NETWORK, clock))
  const registry = new PeerRegistry()
  const lastDisconnects = new LastDisconnects()
  const scored = new ScoredPeers()
  const { router } = routerScene()
  const handlers = standingHandlers({
    router,
    registry,
    scores: scored.book,
    lastDisconnects,
    head,
    blockTopic: () => TOPIC,
  })
  return { head, registry, lastDisconnects, scored, router, handlers }
}

test('syncing: more than two slots behind, or nobody in the block mesh', async () => {
  const { head, router, handlers } = scene()
  const isSyncing = async (): Promise<boolean> => (await handlers.getSyncing()).is_syncing
  assert.deepEqual(await handlers.getSyncing(), { head_slot: 0, sync_distance: WALL_SLOT, is_syncing: true })
  router.mesh.set(TOPIC, new Set(['peer']))
  head.onBlock(WALL_SLOT - 3)
  assert.deepEqual(await handlers.getSyncing(), { head_slot: WALL_SLOT - 3, sync_distance: 3, is_syncing: true })
  head.onBlock(WALL_SLOT - 2)
  assert.deepEqual(await handlers.getSyncing(), { head_slot: WALL_SLOT - 2, sync_distance: 2, is_syncing: false })
  router.mesh.set(TOPIC, new Set())
  assert.equal(await isSyncing(), true)
  router.mesh.delete(TOPIC)
  assert.equal(await isSyncing(), true)
})

test('peers that are gone are listed with those who are here; a stranger is not found, and not created', async () => {
  const { registry, lastDisconnects, scored, handlers } = scene()
  const gone = registry.enter(PEER_ID, '/ip4/192.0.2.1/tcp/9000', 'outbound')
  lastDisconnects.record(PEER_ID, { goodbye: 'theirs', code: 129 })
  registry.leave(gone)
  registry.enter('here', '/ip4/192.0.2.2/tcp/9000', 'inbound').state = 'connected'
  scored.book.connected('here', '192.0.2.2')
  const peers = await handlers.listNodePeers()
  const shown = peers.map(({ peer_id, state, score, disconnect_reason }) => [peer_id, state, score, disconnect_reason])
  assert.deepEqual(shown, [
    [PEER_ID, 'disconnected', undefined, 'too_many_peers'],
    ['here', 'connected', 0, undefined],
  ])
  assert.deepEqual(await handlers.getNodePeer(PEER_ID), peers[0])
  const stranger = '16Uiu2HAm4MqAN66Ey9CqUbSpSTCsEKHkYJH1h7oYrg8XDGXTMskH'
  assert.throws(() => handlers.getNodePeer(stranger), { code: 'PEER_NOT_FOUND' })
  assert.throws(() => handlers.getNodePeer('localhost'), { code: 'BAD_PEER_ID' })
  assert.equal((await handlers.listNodePeers()).length, 2)
  assert.deepEqual(
    (await handlers.listPeerScoreStats()).map(({ peer_id }) => peer_id),
    ['here'],
  )
})

test('score statistics: remembered and banned peers too; the combined score is the exact sum', async () => {
  const { scored, handlers } = scene()
  const { book, gossip, clock } = scored
  for (const peerId of ['here', 'gone', 'clean', 'banned']) book.connected(peerId, undefined)
  gossip.set('here', -321.5)
  scored.report('here', 'high')
  scored.report('gone', 'mid')
  scored.report('banned', 'fatal')
  for (const peerId of ['gone', 'clean', 'banned']) book.disconnected(peerId)
  const action = { last_update: clock.nowMs(), last_action_name: 'request_timeout' }
  const rest = { ignore_negative_gossip_score: false, ...action, last_action_unix_ms: clock.nowMs() }
  const weighted = (-321.5 * 19) / 16_000
  assert.deepEqual(await handlers.listPeerScoreStats(), [
    {
      peer_id: 'here',
      lodestar_score: -1,
      gossip_score: -321.5,
      score: -1 + weighted,
      last_action_delta_score: -1,
      ...rest,
    },
    { peer_id: 'gone', lodestar_score: -5, gossip_score: 0, score: -5, last_action_delta_score: -5, ...rest },
    { peer_id: 'banned', lodestar_score: -100, gossip_score: 0, score: -100, last_action_delta_score: -100, ...rest },
  ])
})

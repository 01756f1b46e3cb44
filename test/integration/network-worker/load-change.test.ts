/** The load of a running relay changes, with stock peers in its mesh. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import { formatTopic } from '../../../src/consensus/topic.ts'
import { freshStatus, GossipPeer } from '../../support/gossip-peer.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import { meshOf, startRelay } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'

const PEERS = 12

test('20 → 1 → 20 → 5: cut with 2 s on the wire, taken back without a penalty, within the bounds throughout', async () => {
  const network = relayNetwork()
  const { digestHex } = createForkSchedule(network).at(0)
  const topic = formatTopic(digestHex, 'beacon_block')
  await using started = new AsyncDisposableStack()
  const relay = started.use(await startRelay({ config: { network, networkLoad: 20 } }))
  const peers: GossipPeer[] = []
  for (let index = 0; index < PEERS; index++) {
    const peer = started.use(await GossipPeer.start({ status: () => freshStatus(digestHex), grafts: false }))
    peer.subscribe(topic)
    await peer.dial(relay.addresses[0] ?? '')
    peers.push(peer)
  }
  const size = async (): Promise<number> => (await meshOf(relay, topic)).length
  const setLoad = async (network_load: number): Promise<void> => {
    const settings = await relay.control.getConfig()
    const view = await relay.control.applySettings({ ...settings, network_load, heartbeat_interval_ms: null })
    assert.equal(view.network_load, network_load)
  }
  await until('a mesh of all', async () => (await size()) === PEERS)
  await until('all to know', () => peers.every((peer) => peer.hasInMesh(relay.peerId, topic)))

  await setLoad(1)
  await until('the mesh of level 1', async () => (await size()) === 3)
  await until('the peers to know', () => peers.filter((peer) => peer.hasInMesh(relay.peerId, topic)).length === 3)
  const backoffs = peers.flatMap((peer) => peer.router.backoff.get(topic)?.get(relay.peerId) ?? [])
  assert.equal(backoffs.length, PEERS - 3)
  for (const endsMs of backoffs) assert.ok(endsMs - Date.now() <= 2000, `${endsMs - Date.now()} ms`)
  const cuts = relay.meshEvents.filter(({ action }) => action === 'prune_sent')
  assert.deepEqual(
    cuts.map(({ reason, backoffSecs }) => [reason, backoffSecs]),
    Array.from({ length: PEERS - 3 }, () => ['mesh_high', 2]),
  )

  await setLoad(20)
  await until('a mesh of all again', async () => (await size()) === PEERS)
  await until('all to take it', () => peers.every((peer) => peer.hasInMesh(relay.peerId, topic)))
  for (const peer of peers) {
    const stats = peer.router.score.peerStats.get(relay.peerId) as unknown as { behaviourPenalty: number }
    assert.equal(stats.behaviourPenalty, 0)
  }
  assert.equal(
    relay.meshEvents.some(({ action }) => action === 'prune_received'),
    false,
    'nobody refused',
  )

  await setLoad(5)
  const seen = relay.meshEvents.length
  const pulses = relay.pulses.length
  await until('a pulse', () => relay.pulses.length > pulses)
  assert.equal(await size(), PEERS, 'twelve are within 5 to 15')
  assert.equal(relay.meshEvents.length, seen)
})

/** Explicit peers of a running relay, played by stock nodes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import { formatTopic } from '../../../src/consensus/topic.ts'
import { freshStatus, GossipPeer } from '../../support/gossip-peer.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import { startRelay, stateOf } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'
import { blockOf, currentSlot, gossipScene } from './gossip-scene.ts'

test('made explicit: out of the mesh, shown as such, its GRAFT refused, and still sent every message', async () => {
  await using all = await gossipScene(2)
  const { relay, peers, blockTopic, network } = all
  const [sender, chosen] = peers
  assert.ok(sender !== undefined && chosen !== undefined)
  const { peerId } = await relay.control.addExplicitPeer({ peerId: chosen.peerId, addresses: [] })
  assert.equal(peerId, chosen.peerId)
  await until('its mesh to be told', () => !chosen.hasInMesh(relay.peerId, blockTopic))
  const [entry] = await relay.control.listMesh()
  assert.deepEqual(
    entry?.peers.map(({ peer_id, explicit }) => [peer_id, explicit]),
    [
      [sender.peerId, undefined],
      [chosen.peerId, true],
    ],
  )
  assert.deepEqual(await relay.control.listExplicitPeers(), [{ peer_id: chosen.peerId, is_connected: true }])
  await assert.rejects(async () => relay.control.graft(blockTopic, chosen.peerId), { code: 'PEER_EXPLICIT' })

  chosen.router.backoff.clear()
  await until('its GRAFT to be refused', () =>
    relay.log.some(
      ({ msg, peer }) =>
        peer === chosen.peerId && msg === "MESH: We rejected peer's GRAFT and will PRUNE (reason: explicit_peer)",
    ),
  )
  await sender.publish(blockTopic, blockOf(network, currentSlot(network)))
  await until('the block', () => chosen.received.length === 1)
  assert.equal(chosen.received[0]?.from, relay.peerId)

  await relay.control.removeExplicitPeer(chosen.peerId)
  assert.deepEqual(await relay.control.listExplicitPeers(), [])
  assert.equal(await stateOf(relay, chosen.peerId), 'connected')
})

test('of an earlier run: dialled at the start, and again when it comes back on its port', async () => {
  const network = relayNetwork()
  const { digestHex } = createForkSchedule(network).at(0)
  const topic = formatTopic(digestHex, 'beacon_block')
  const privateKey = await generateKeyPair('secp256k1')
  const start = (listen?: string): Promise<GossipPeer> =>
    GossipPeer.start({
      status: () => freshStatus(digestHex),
      privateKey,
      ...(listen === undefined ? {} : { listen }),
    })
  await using owned = new AsyncDisposableStack()
  const first = owned.use(await start())
  const { address, peerId } = first
  await using relay = await startRelay({ config: { network }, explicitPeers: [{ peerId, addresses: [address] }] })
  await until('the first dial', async () => (await stateOf(relay, peerId)) === 'connected')
  await until('the peer to see it', () => first.isConnectedTo(relay.peerId))
  await first[Symbol.asyncDispose]()
  await until('its end', async () => (await stateOf(relay, peerId)) !== 'connected')
  assert.deepEqual(await relay.control.listExplicitPeers(), [{ peer_id: peerId, is_connected: false }])

  await using again = await start(address.split('/p2p/')[0])
  again.subscribe(topic)
  await until('a dial of ours', async () => (await stateOf(relay, peerId)) === 'connected')
  await until('the peer to see it', () => again.isConnectedTo(relay.peerId))
  await until('its topic', async () => (await relay.control.listMesh())[0]?.peers[0]?.explicit === true)
})

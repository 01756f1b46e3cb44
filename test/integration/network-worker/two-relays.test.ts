import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import { formatTopic } from '../../../src/consensus/topic.ts'
import { AGENT_VERSION } from '../../../src/shared/version.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import { connectRelays, meshOf, type RunningRelay, startRelay, stateOf } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'

/** Reasons of the goodbyes a relay was told. */
function goodbyesTo(relay: RunningRelay): unknown[] {
  return relay.log.filter(({ msg }) => msg === 'peer says goodbye').map(({ reason }) => reason)
}

test('two relays meet: identified, measured, in one mesh, and parted by a goodbye', async () => {
  const network = relayNetwork()
  await using one = await startRelay({ config: { network } })
  await using other = await startRelay({ config: { network } })
  await connectRelays(one, other)

  await until('identify, ping and pong', async () => {
    const view = await one.control.getPeer(other.peerId)
    return view.client !== 'unknown' && view.rtt_verified
  })
  const view = await one.control.getPeer(other.peerId)
  assert.equal(view.client, AGENT_VERSION)
  assert.match(view.client, /^starling\/\d/)
  assert.equal(view.direction, 'outbound')
  assert.equal((await other.control.getPeer(one.peerId)).direction, 'inbound')
  assert.ok(view.rtt_ms > 0 && view.best_rtt_ms <= view.rtt_ms, `${view.best_rtt_ms} of ${view.rtt_ms} ms`)
  assert.ok((other.addresses[0] ?? '').startsWith(`${view.address}/p2p/`), view.address)

  const blockTopic = formatTopic(createForkSchedule(network).at(0).digestHex, 'beacon_block')
  await until('a mesh of two', async () => {
    const meshes = [await meshOf(one, blockTopic), await meshOf(other, blockTopic)]
    return meshes[0]?.[0] === other.peerId && meshes[1]?.[0] === one.peerId
  })
  const [entry] = await one.control.listMesh()
  assert.deepEqual(entry, {
    topic: blockTopic,
    kind: 'BeaconBlock',
    peers: [{ peer_id: other.peerId, client: AGENT_VERSION }],
  })

  await one.control.disconnectPeer(other.peerId)
  await until('both ends closed', async () => {
    const states = [await stateOf(one, other.peerId), await stateOf(other, one.peerId)]
    return states.every((state) => state === undefined)
  })
  assert.deepEqual(goodbyesTo(other), [129])
  assert.deepEqual(goodbyesTo(one), [])
  assert.equal((await one.control.getPeer(other.peerId)).state, 'disconnected')
  assert.equal((await other.control.getPeer(one.peerId)).state, 'disconnected')
  assert.deepEqual(await one.control.listPeers(), [])
  await assert.rejects(async () => one.control.disconnectPeer(other.peerId), { code: 'PEER_NOT_FOUND' })
})

test('relays of two networks part with goodbye 2', async () => {
  const network = relayNetwork()
  await using one = await startRelay({ config: { network } })
  await using other = await startRelay({
    config: { network: { ...network, genesisValidatorsRootHex: 'd4'.repeat(32) } },
  })
  await one.control.connectPeer({ multiaddr: other.addresses[0] ?? '' })
  await until('the goodbye', () => [...goodbyesTo(one), ...goodbyesTo(other)].includes(2))
  await until('both ends closed', async () => {
    const states = [await stateOf(one, other.peerId), await stateOf(other, one.peerId)]
    return states.every((state) => state === undefined)
  })
})

test('a configured peer is dialled at the start, and one that makes no sense is only warned of', async () => {
  const network = relayNetwork()
  await using one = await startRelay({ config: { network } })
  await using other = await startRelay({ config: { network, peers: ['enr:rubbish', one.addresses[0] ?? ''] } })
  await until('the connection', async () => (await stateOf(other, one.peerId)) === 'connected')
  const warning = other.log.find(({ msg }) => msg === 'configured peer not dialled')
  assert.deepEqual([warning?.['peer'], warning?.['code']], ['enr:rubbish', 'BAD_ENR'])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { relayNetwork } from '../../support/relay-config.ts'
import { connectRelays, startRelay, stateOf } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'

test('a trusted peer is dialled, shown without scores, and dialled again when it was disconnected', async () => {
  const config = { network: relayNetwork() }
  await using relay = await startRelay({ config })
  await using friend = await startRelay({ config })
  const { enr } = await friend.control.getNodeInfo()
  const [address = ''] = friend.addresses
  const peer = { peerId: friend.peerId, enr, addresses: [address] }
  await relay.control.changeAccess({ trust: [peer] })
  await until('the connection', async () => (await stateOf(relay, friend.peerId)) === 'connected')
  const [listed] = await relay.control.listTrustedPeers()
  assert.deepEqual(listed, { peer_id: friend.peerId, enr, is_connected: true })
  await relay.control.disconnectPeer(friend.peerId)
  await until('the way back', async () => (await stateOf(relay, friend.peerId)) === 'connected')
  await relay.control.changeAccess({ untrust: [friend.peerId] })
  assert.equal(await stateOf(relay, friend.peerId), 'connected', 'removing trust does not disconnect')
  assert.deepEqual(await relay.control.listTrustedPeers(), [])
})

test('a trusted peer of an earlier run is dialled at the start', async () => {
  const config = { network: relayNetwork() }
  await using friend = await startRelay({ config })
  const [address = ''] = friend.addresses
  const trustedPeers = [{ peerId: friend.peerId, enr: null, addresses: [address] }]
  await using relay = await startRelay({ config, access: { trustedPeers } })
  await until('the connection', async () => (await stateOf(relay, friend.peerId)) === 'connected')
  assert.equal((await relay.control.getPeer(friend.peerId)).is_trusted, true)
})

test('a connected peer can be trusted by its id when its ENR is known', async () => {
  const config = { network: relayNetwork() }
  await using relay = await startRelay({ config })
  await using known = await startRelay({ config })
  await using unknown = await startRelay({ config })
  const { enr } = await known.control.getNodeInfo()
  await assert.rejects(async () => relay.control.describePeer(known.peerId), { code: 'PEER_NOT_CONNECTED' })
  // The record of a node on loopback has no address to dial: the multiaddr connects, the ENR is told later.
  await connectRelays(relay, known)
  await connectRelays(relay, unknown)
  await assert.rejects(async () => relay.control.describePeer(unknown.peerId), { code: 'PEER_HAS_NO_ENR' })
  await assert.rejects(async () => relay.control.describePeer('rubbish'), { code: 'BAD_PEER_ID' })
  assert.deepEqual(await relay.control.connectPeer({ enr }), { peer_id: known.peerId, action: 'already_connected' })
  const described = await relay.control.describePeer(known.peerId)
  assert.deepEqual([described.peerId, described.enr], [known.peerId, enr])
})

test('a peer that was trusted with its ENR can be trusted by its id, also once it no longer is', async () => {
  const config = { network: relayNetwork() }
  await using relay = await startRelay({ config })
  await using friend = await startRelay({ config })
  const { enr } = await friend.control.getNodeInfo()
  const peer = { peerId: friend.peerId, enr, addresses: friend.addresses.slice(0, 1) }
  await relay.control.changeAccess({ trust: [peer] })
  await until('the connection', async () => (await stateOf(relay, friend.peerId)) === 'connected')
  assert.equal((await relay.control.describePeer(friend.peerId)).enr, enr)
  await relay.control.changeAccess({ untrust: [friend.peerId] })
  assert.equal((await relay.control.describePeer(friend.peerId)).enr, enr)
})

test('an ordinary peer above the target makes room, a trusted one does not count', async () => {
  const config = { network: relayNetwork() }
  await using friend = await startRelay({ config })
  await using first = await startRelay({ config })
  await using second = await startRelay({ config })
  const trustedPeers = [{ peerId: friend.peerId, enr: null, addresses: [friend.addresses[0] ?? ''] }]
  await using relay = await startRelay({ config: { ...config, targetPeers: 1 }, access: { trustedPeers } })
  await until('the friend', async () => (await stateOf(relay, friend.peerId)) === 'connected')
  // Inbound peers are taken up to two: 110 % of one.
  await connectRelays(first, relay)
  await connectRelays(second, relay)
  await until('one to leave', async () => (await relay.control.listPeers()).length === 2)
  assert.equal(await stateOf(relay, friend.peerId), 'connected')
  await until('the goodbye', () =>
    [...first.log, ...second.log].some(({ msg, reason }) => msg === 'peer says goodbye' && reason === 129),
  )
})

test('a peer whose round trip is over the limit is sent off unpunished, a trusted one is kept', async () => {
  const config = { network: relayNetwork() }
  await using friend = await startRelay({ config })
  await using slow = await startRelay({ config })
  const trustedPeers = [{ peerId: friend.peerId, enr: null, addresses: [friend.addresses[0] ?? ''] }]
  // No round trip is that short.
  await using relay = await startRelay({ config: { ...config, maxLatencyMs: 0.001 }, access: { trustedPeers } })
  await connectRelays(relay, slow)
  await until('two pings', async () => (await stateOf(relay, slow.peerId)) === undefined)
  const { peer_score, rtt_verified } = await relay.control.getPeer(slow.peerId)
  assert.deepEqual([peer_score, rtt_verified], [0, true])
  assert.equal(await stateOf(relay, friend.peerId), 'connected')
  await until('the goodbye', () => slow.log.some(({ msg, reason }) => msg === 'peer says goodbye' && reason === 129))
})

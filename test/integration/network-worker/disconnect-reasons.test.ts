/** Why sessions ended, beyond the one goodbye: both sides of a stop, silence, returns that are refused, dials that fail. */
import assert from 'node:assert/strict'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import type { AccessLists } from '../../../src/rpc/access.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { connectRelays, startRelay } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'
import { deafNode } from './deaf-node.ts'
import { gone, sendBadPing } from './disconnect-rows.ts'
import { comes, NETWORK, scene, untilShown } from './reported-peer.ts'

test('a stop is told as such, and both sides say so', async () => {
  await using stopping = await startRelay({ config: { network: NETWORK } })
  await using other = await startRelay({ config: { network: NETWORK } })
  await connectRelays(other, stopping)
  await stopping.node.stop()
  assert.equal(await gone(other, stopping.peerId), 'client_shutdown')
  assert.equal((await stopping.control.getNodePeer(other.peerId)).disconnect_reason, 'client_shutdown')
})

for (const [who, isTrusted, reason] of [
  ['a peer', false, 'bad_score'],
  ['a trusted peer, which has no score,', true, 'io_error'],
] as const) {
  test(`${who} that answers nothing: ${reason}`, async () => {
    await using deaf = await deafNode()
    const peerId = deaf.peerId.toString()
    const multiaddr = deaf.getMultiaddrs()[0]?.toString() ?? ''
    const trustedPeers: AccessLists['trustedPeers'] = isTrusted ? [{ peerId, enr: null, addresses: [multiaddr] }] : []
    const clock = new FakeClock(Date.now())
    await using relay = await startRelay({ config: { network: NETWORK }, clock, access: { trustedPeers } })
    if (!isTrusted) await relay.control.connectPeer({ multiaddr })
    await until('the connection', () => deaf.getConnections().length > 0)
    const view = async () => await relay.control.getNodePeer(peerId)
    await untilShown('the end', { relay, peerId, clock }, async () => (await view()).disconnect_reason !== undefined)
    assert.equal((await view()).disconnect_reason, reason)
  })
}

test('a refused return of a banned peer changes nothing', async () => {
  await using all = await scene()
  const { relay, peer } = all
  await comes(all)
  await sendBadPing(peer, relay)
  assert.equal(await gone(relay, peer.peerId), 'bad_score')
  await until('the end of the connection', () => !peer.isConnectedTo(relay.peerId))
  await assert.rejects(async () => {
    await peer.dial(relay.addresses[0] ?? '')
    // The refusal comes after the handshake's first words at times: then the connection is what ends.
    await peer.reqResp.ping(relay.peerId)
  })
  assert.equal((await relay.control.getNodePeer(peer.peerId)).disconnect_reason, 'bad_score')
})

test('a failed dial ends no session: there is no reason', async () => {
  await using all = await scene()
  const { relay, peer } = all
  const { address, peerId } = peer
  await peer[Symbol.asyncDispose]()
  await relay.control.connectPeer({ multiaddr: address })
  assert.equal(await gone(relay, peerId), undefined)
  const view = await relay.control.getNodePeer(peerId)
  assert.deepEqual(Object.keys(view), ['peer_id', 'enr', 'last_seen_p2p_address', 'state', 'direction'])
  assert.equal(view.last_seen_p2p_address, address)
})

test('a dial that is called off ends no session either', async () => {
  await using all = await scene()
  const { relay, peer } = all
  await using mute = createServer((socket) => void socket.on('error', () => undefined))
  const accepted = new Promise<() => void>((resolve) =>
    mute.on('connection', (socket) => resolve(() => socket.destroy())),
  )
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  const { port } = mute.address() as AddressInfo
  await relay.control.connectPeer({ multiaddr: `/ip4/127.0.0.1/tcp/${port}/p2p/${peer.peerId}` })
  const hangUp = await accepted
  assert.equal((await relay.control.getNodePeer(peer.peerId)).state, 'connecting')
  await relay.control.disconnectPeer(peer.peerId)
  hangUp()
  assert.equal(await gone(relay, peer.peerId), undefined)
})

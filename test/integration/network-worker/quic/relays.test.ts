import assert from 'node:assert/strict'
import { test } from 'node:test'
import { relayNetwork } from '../../../support/relay-config.ts'
import { startRelay, stateOf } from '../../../support/two-nodes.ts'
import { until } from '../../../support/until.ts'

test('over QUIC alone: dialled by ENR, measured, and stopped in order', async () => {
  const config = { network: relayNetwork(), tcp: false, quic: true }
  await using one = await startRelay({ config })
  await using other = await startRelay({ config })
  const { enr, p2p_addresses } = await other.control.getNodeInfo()
  assert.equal(p2p_addresses.length, 1)
  assert.match(p2p_addresses[0] ?? '', /\/ip4\/127\.0\.0\.1\/udp\/\d+\/quic-v1\/p2p\//)
  assert.deepEqual(await one.control.connectPeer({ enr }), { peer_id: other.peerId, action: 'connecting' })
  await until('a measured connection', async () => {
    const view = (await one.control.listPeers())[0]
    return view?.state === 'connected' && view.rtt_verified
  })
  assert.match((await one.control.getPeer(other.peerId)).address, /^\/ip4\/127\.0\.0\.1\/udp\/\d+\/quic-v1$/)
  await other.node.stop()
  await until('the end of the connection', async () => (await stateOf(one, other.peerId)) === undefined)
  await one.node.stop()
})

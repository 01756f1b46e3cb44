import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PeerView } from '../../src/rpc/peer-views.ts'
import { StarlingProcess } from '../support/starling-process.ts'
import { eventually, GO_METADATA, skip, startGoPeer, TRANSPORTS } from './setup.ts'

const CLIENT_SHUTDOWN = '1'
const IRRELEVANT_NETWORK = '2'
const TOO_MANY_PEERS = '129'

async function isListed(relay: StarlingProcess, peerId: string): Promise<boolean> {
  const peers = await relay.fetchJson<readonly PeerView[]>('/peers')
  return peers.some(({ peer_id }) => peer_id === peerId)
}

for (const transport of TRANSPORTS) {
  test(`the relay says goodbye 1 over ${transport} when it stops`, { skip }, async () => {
    await using relay = await StarlingProcess.start()
    await using peer = await startGoPeer(relay, { transports: [transport] })
    await peer.dial(relay.address(transport))
    await eventually('the peer listed', () => isListed(relay, peer.peerId))
    assert.equal(await relay.stop(), 0)
    assert.equal((await peer.waitForRequest('goodbye/1', relay.peerId)).body, CLIENT_SHUTDOWN)
    await peer.waitForDisconnect(relay.peerId)
  })

  test(`the relay closes the connection after a goodbye over ${transport}`, { skip }, async () => {
    await using relay = await StarlingProcess.start()
    await using peer = await startGoPeer(relay, { transports: [transport] })
    await peer.dial(relay.address(transport))
    await eventually('the peer listed', () => isListed(relay, peer.peerId))
    await peer.request(relay.peerId, 'goodbye/1', 129n).catch(() => undefined) // the close may overtake the answer
    await peer.waitForDisconnect(relay.peerId)
    await eventually('the peer gone', async () => !(await isListed(relay, peer.peerId)))
    assert.ok(relay.log.some(({ msg, reason }) => msg === 'peer says goodbye' && reason === 129))
  })
}

test('DELETE /peers/{id} says goodbye 129', { skip }, async () => {
  await using relay = await StarlingProcess.start()
  await using peer = await startGoPeer(relay)
  await peer.dial(relay.address('tcp'))
  await eventually('the peer listed', () => isListed(relay, peer.peerId))
  const deleted = await relay.request('DELETE', `/peers/${peer.peerId}`)
  assert.equal(deleted.status, 200)
  assert.equal((await peer.waitForRequest('goodbye/1', relay.peerId)).body, TOO_MANY_PEERS)
  await peer.waitForDisconnect(relay.peerId)
})

test('a peer of another network is told so and left', { skip }, async () => {
  await using relay = await StarlingProcess.start()
  await using peer = await startGoPeer(relay)
  await peer.setView({ status: { forkDigest: 'deadbeef' }, metadata: GO_METADATA })
  await peer.dial(relay.address('tcp'))
  assert.equal((await peer.waitForRequest('goodbye/1', relay.peerId)).body, IRRELEVANT_NETWORK)
  await peer.waitForDisconnect(relay.peerId)
})

/** Goodbyes of peers, and connections that close without one, as the standard's view of a peer shows them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { peerIdFromString } from '@libp2p/peer-id'
import { gone, RECEIVED } from './disconnect-rows.ts'
import { comes, scene } from './reported-peer.ts'

/** No client's, and the largest there is. */
const UNKNOWN_CODES = [999_999, 2 ** 64]

test('goodbyes of a peer, code by code; with each return the reason is gone', async () => {
  await using all = await scene()
  const { relay, peer } = all
  const known = Object.entries(RECEIVED).map(([code, word]) => [Number(code), word] as const)
  for (const [code, word] of [...known, ...UNKNOWN_CODES.map((code) => [code, 'unknown'] as const)]) {
    await comes(all)
    const back = await relay.control.getNodePeer(peer.peerId)
    assert.equal('disconnect_reason' in back, false, `after the one before ${code}`)
    await peer.reqResp.goodbye(relay.peerId, code)
    assert.equal(await gone(relay, peer.peerId), word, `goodbye ${code}`)
  }
})

test('a connection that just closes is an inbound disconnect, also after a session that ended otherwise', async () => {
  await using all = await scene()
  const { relay, peer } = all
  await comes(all)
  await peer.reqResp.goodbye(relay.peerId, 129)
  assert.equal(await gone(relay, peer.peerId), 'too_many_peers')
  await comes(all)
  await peer.node.hangUp(peerIdFromString(relay.peerId))
  assert.equal(await gone(relay, peer.peerId), 'inbound_disconnect')
})

test('so is one that breaks', async () => {
  await using all = await scene()
  const { relay, peer } = all
  await comes(all)
  for (const connection of peer.node.getConnections()) connection.abort(new Error('test'))
  assert.equal(await gone(relay, peer.peerId), 'inbound_disconnect')
})

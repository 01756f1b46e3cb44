import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StarlingProcess } from '../support/starling-process.ts'
import { eventually, joinMesh, relayMesh, skip, startGoPeer, TRANSPORTS, topicOf } from './setup.ts'

for (const transport of TRANSPORTS) {
  test(`a Go peer that dials over ${transport} is grafted on both sides`, { skip }, async () => {
    await using relay = await StarlingProcess.start()
    await using peer = await startGoPeer(relay, { transports: [transport] })
    const topic = await topicOf(relay, 'beacon_block')
    await joinMesh(relay, transport, [topic], [peer])
    assert.deepEqual(await relayMesh(relay, topic), [peer.peerId])
    assert.deepEqual(await peer.mesh(topic), [relay.peerId])
  })

  test(`a Go peer that the relay dials over ${transport} is grafted on both sides`, { skip }, async () => {
    await using relay = await StarlingProcess.start()
    await using peer = await startGoPeer(relay, { transports: [transport] })
    const topic = await topicOf(relay, 'beacon_block')
    await peer.subscribe(topic)
    const dialled = await relay.request('POST', '/peers', { multiaddr: peer.address(transport) })
    assert.ok(dialled.status < 300, JSON.stringify(dialled))
    await peer.waitForMesh('graft', topic, relay.peerId)
    await eventually('the peer in the relay’s mesh', async () => (await relayMesh(relay, topic)).includes(peer.peerId))
  })
}

test('the relay’s mesh loses a Go peer that leaves the topic, and only there', { skip }, async () => {
  await using relay = await StarlingProcess.start()
  await using peer = await startGoPeer(relay)
  const left = await topicOf(relay, 'beacon_block')
  const kept = await topicOf(relay, 'voluntary_exit')
  await joinMesh(relay, 'tcp', [left, kept], [peer])
  await peer.leave(left)
  await eventually('the peer out of the mesh', async () => (await relayMesh(relay, left)).length === 0)
  assert.deepEqual(await relayMesh(relay, kept), [peer.peerId])
})

test('the relay’s mesh loses a Go peer whose process ends', { skip }, async () => {
  await using relay = await StarlingProcess.start()
  await using peer = await startGoPeer(relay)
  const topic = await topicOf(relay, 'beacon_block')
  await joinMesh(relay, 'tcp', [topic], [peer])
  await peer.stop()
  await eventually('the peer out of the mesh', async () => (await relayMesh(relay, topic)).length === 0)
  assert.ok(relay.isRunning)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PeerView } from '../../src/rpc/peer-views.ts'
import { StarlingProcess } from '../support/starling-process.ts'
import { eventually, forkDigestOf, skip, startGoPeer, TRANSPORTS } from './setup.ts'

for (const transport of TRANSPORTS) {
  test(`the relay greets a peer it dials over ${transport} with status, ping and metadata`, { skip }, async () => {
    await using relay = await StarlingProcess.start()
    await using peer = await startGoPeer(relay, { transports: [transport] })
    await relay.request('POST', '/peers', { multiaddr: peer.address(transport) })
    const status = await peer.waitForRequest('status/2', relay.peerId)
    const zeroRoot = '00'.repeat(32)
    assert.deepEqual(status.body, {
      forkDigest: await forkDigestOf(peer, relay),
      ...{ finalizedRoot: zeroRoot, finalizedEpoch: 0, headRoot: zeroRoot, headSlot: 0, earliestSlot: 0 },
    })
    await peer.waitForRequest('ping/1', relay.peerId)
    await peer.waitForRequest('metadata/3', relay.peerId)
  })

  test(`the relay asks a peer that dialled it over ${transport} and stays silent`, { skip }, async () => {
    await using relay = await StarlingProcess.start()
    await using peer = await startGoPeer(relay, { transports: [transport] })
    await peer.dial(relay.address(transport))
    await peer.waitForRequest('status/2', relay.peerId)
    await peer.waitForRequest('ping/1', relay.peerId)
    await peer.waitForRequest('metadata/3', relay.peerId)
  })
}

test('a Go peer’s answers show in the peer’s view: client, measured RTT', { skip }, async () => {
  await using relay = await StarlingProcess.start()
  await using peer = await startGoPeer(relay)
  await relay.request('POST', '/peers', { multiaddr: peer.address('tcp') })
  let view: PeerView | undefined
  await eventually('a verified RTT', async () => {
    const answer = await relay.request<PeerView>('GET', `/peers/${peer.peerId}`)
    if (answer.status === 200) view = answer.body
    return view?.rtt_verified === true
  })
  assert.match(view?.client ?? '', /^starling-interop\//)
  assert.equal(view?.state, 'connected')
  assert.equal(view?.direction, 'outbound')
  assert.ok((view?.best_rtt_ms ?? 0) > 0)
})

test('a peer that answers nothing or nonsense does not disturb the others', { skip }, async () => {
  await using relay = await StarlingProcess.start()
  await using broken = await startGoPeer(relay)
  await using sound = await startGoPeer(relay)
  await broken.behave('status/2', { mode: 'raw', raw: '00ffffffffffffffffff7f' })
  await broken.behave('ping/1', { mode: 'reset' })
  await broken.behave('metadata/3', { mode: 'error', code: 3, message: 'nothing here' })
  await relay.request('POST', '/peers', { multiaddr: broken.address('tcp') })
  await broken.waitForRequest('status/2', relay.peerId)
  await relay.request('POST', '/peers', { multiaddr: sound.address('tcp') })
  await sound.waitForRequest('metadata/3', relay.peerId)
  assert.equal((await sound.request(relay.peerId, 'ping/1')).code, 0)
  assert.ok(relay.isRunning)
})

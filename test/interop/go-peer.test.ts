import assert from 'node:assert/strict'
import { test } from 'node:test'
import { goSkipReason } from '../support/go-build.ts'
import { GoPeer } from '../support/go-peer.ts'

const skip = goSkipReason()
const TOPIC = '/eth2/ca100d64/beacon_attestation_0/ssz_snappy'

for (const transport of ['tcp', 'quic'] as const) {
  test(`two Go peers gossip and answer each other over ${transport}`, { skip }, async () => {
    await using one = await GoPeer.start({ transports: [transport] })
    await using two = await GoPeer.start({
      transports: [transport],
      view: { status: { forkDigest: 'ca100d64', headSlot: 7 }, metadata: { seqNumber: 3, custodyGroupCount: 4 } },
    })
    await one.subscribe(TOPIC)
    await two.subscribe(TOPIC)
    assert.deepEqual(await one.dial(two.address(transport)), { peerId: two.peerId, transport })
    await one.waitForMesh('graft', TOPIC, two.peerId)

    const published = await one.publish(TOPIC, { sizeBytes: 240 })
    const received = await two.waitForMessage(published.id)
    assert.equal(received.dataSha256, published.dataSha256)
    assert.equal(received.sszBytes, 240)
    assert.equal(received.from, one.peerId)

    const status = await one.request(two.peerId, 'status/2')
    assert.equal(status.code, 0)
    assert.deepEqual(status.body, {
      forkDigest: 'ca100d64',
      finalizedRoot: '00'.repeat(32),
      finalizedEpoch: 0,
      headRoot: '00'.repeat(32),
      headSlot: 7,
      earliestSlot: 0,
    })
    assert.equal((await one.request(two.peerId, 'ping/1')).body, '3')
    await two.behave('ping/1', { mode: 'error', code: 139, message: 'slow down' })
    const refused = await one.request(two.peerId, 'ping/1')
    assert.deepEqual([refused.code, refused.message], [139, 'slow down'])
    assert.equal((await two.waitForRequest('ping/1', one.peerId)).body, '0')
  })
}

test('the Go peer computes the fork digests of the specification', { skip }, async () => {
  await using peer = await GoPeer.start()
  const zeroRoot = { forkVersion: '06000000', genesisValidatorsRoot: '00'.repeat(32) }
  assert.equal(await peer.forkDigest({ ...zeroRoot, blobEpoch: 9, maxBlobs: 9 }), 'ab3ae6c8')
  assert.equal(await peer.forkDigest({ ...zeroRoot, blobEpoch: 300, maxBlobs: 300 }), 'ca100d64')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeInfoView } from '../../src/rpc/node-views.ts'
import type { GoMetadata, GoStatus } from '../support/go-peer.ts'
import { StarlingProcess } from '../support/starling-process.ts'
import { eventually, forkDigestOf, skip, startGoPeer, TRANSPORTS } from './setup.ts'

for (const transport of TRANSPORTS) {
  test(`the relay answers status, ping and metadata over ${transport}`, { skip }, async () => {
    await using relay = await StarlingProcess.start()
    await using peer = await startGoPeer(relay, { transports: [transport] })
    await peer.dial(relay.address(transport))

    const digest = await forkDigestOf(peer, relay)
    for (const protocol of ['status/1', 'status/2'] as const) {
      const status = await peer.request<GoStatus>(relay.peerId, protocol)
      assert.equal(status.code, 0, status.message)
      assert.equal(status.body?.forkDigest, digest)
      assert.equal(status.body?.finalizedEpoch, 0)
      assert.equal(status.body?.headSlot, 0)
    }
    const info = await relay.fetchJson<NodeInfoView>('/node/info')
    assert.equal((await peer.request(relay.peerId, 'ping/1')).body, info.metadata.seq_number)
    const metadata = await peer.request<GoMetadata>(relay.peerId, 'metadata/3')
    assert.deepEqual(metadata.body, {
      seqNumber: Number(info.metadata.seq_number),
      attnets: info.metadata.attnets.slice(2),
      syncnets: info.metadata.syncnets.slice(2),
      custodyGroupCount: 4,
    })
  })
}

test('the relay answers the older metadata versions with what they hold', { skip }, async () => {
  await using relay = await StarlingProcess.start({ flags: ['--attestation-subnets', '0,9'] })
  await using peer = await startGoPeer(relay)
  await peer.dial(relay.address('tcp'))
  const attnets = '0102000000000000'
  const second = await peer.request<GoMetadata>(relay.peerId, 'metadata/2')
  assert.equal(second.body?.attnets, attnets)
  assert.equal(second.body?.custodyGroupCount, 0)
  const first = await peer.request<GoMetadata>(relay.peerId, 'metadata/1')
  assert.equal(first.body?.attnets, attnets)
  assert.equal(first.body?.syncnets, '')
})

test('the relay offers gossip and exactly the Req/Resp protocols it can answer', { skip }, async () => {
  await using relay = await StarlingProcess.start()
  await using peer = await startGoPeer(relay)
  await peer.dial(relay.address('tcp'))
  await eventually('identify', async () => ((await peer.peers())[0]?.protocols.length ?? 0) > 0)
  const [seen] = await peer.peers()
  const prefix = '/eth2/beacon_chain/req/'
  const served = seen?.protocols.filter((id) => id.startsWith(prefix)).map((id) => id.slice(prefix.length))
  const names = ['status/1', 'status/2', 'ping/1', 'metadata/1', 'metadata/2', 'metadata/3', 'goodbye/1']
  const objects = ['beacon_blocks_by_range/2', 'beacon_blocks_by_root/2']
  const columns = ['data_column_sidecars_by_range/1', 'data_column_sidecars_by_root/1']
  assert.deepEqual(
    served?.toSorted(),
    [...names, ...objects, ...columns].map((name) => `${name}/ssz_snappy`).toSorted(),
  )
  assert.ok(seen?.protocols.includes('/meshsub/1.2.0'), 'no gossipsub 1.2')
  assert.match(seen?.agent ?? '', /starling/i)
})

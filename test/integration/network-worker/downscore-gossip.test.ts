/** What peers do wrong in gossip, over real connections. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noise } from '@chainsafe/libp2p-noise'
import { identify } from '@libp2p/identify'
import type { Stream } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { prefixWithLength } from '../../../src/network-worker/gossip/length-prefix.ts'
import { startRelay } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'
import { comes, DIGEST, type Expected, isReported, NETWORK, scene } from './reported-peer.ts'

const GARBAGE = new Uint8Array(400).fill(0xff)

function topicOf(name: string): string {
  return `/eth2/${DIGEST}/${name}/ssz_snappy`
}

const BAD_GOSSIP: readonly (readonly [name: string, Expected])[] = [
  ['beacon_block', { word: 'gossip_invalid_block', report: 'gossip_invalid_block', delta: -5 }],
  ['beacon_attestation_0', { word: 'gossip_invalid_attestation', report: 'gossip_invalid_attestation', delta: -5 }],
  ['beacon_aggregate_and_proof', { word: 'gossip_invalid_attestation', report: 'gossip_invalid_aggregate', delta: -5 }],
  [
    'data_column_sidecar_0',
    { word: 'gossip_invalid_data_column_sidecar', report: 'gossip_invalid_data_column_sidecar', delta: -10 },
  ],
  ['voluntary_exit', { word: 'behaviour_penalty', report: 'gossip_invalid_other', delta: -10 }],
]

for (const [name, expected] of BAD_GOSSIP) {
  test(`a message of ${name} that does not decode`, async () => {
    await using all = await scene()
    const { relay, peer } = all
    await comes(all)
    await peer.publish(topicOf(name), GARBAGE)
    await isReported(relay, peer.peerId, expected)
  })
}

test('bytes on the gossip stream that are no RPC', async () => {
  await using all = await scene()
  const { relay, peer } = all
  await comes(all)
  await until('the gossip stream', () => peer.router.streamsOutbound.has(relay.peerId))
  const stream = peer.router.streamsOutbound.get(relay.peerId)?.rawStream as Stream
  stream.send(prefixWithLength(GARBAGE))
  await isReported(relay, peer.peerId, { word: 'behaviour_penalty', report: 'gossip_bad_rpc', delta: -100 })
})

test('a peer without gossip, which is told goodbye 0', async () => {
  await using relay = await startRelay({ config: { network: NETWORK } })
  const node = await createLibp2p({
    addresses: { listen: [] },
    transports: [tcp()],
    streamMuxers: [yamux()],
    connectionEncrypters: [noise()],
    services: { identify: identify() },
  })
  try {
    await node.dial(multiaddr(relay.addresses[0]))
    const peerId = node.peerId.toString()
    await until('the peer known', async () => (await relay.control.listNodePeers()).length > 0)
    await isReported(relay, peerId, { word: 'behaviour_penalty', report: 'no_gossipsub', delta: -100 })
    await until('the end', async () => (await relay.control.getNodePeer(peerId)).state === 'disconnected')
    assert.equal((await relay.control.getNodePeer(peerId)).disconnect_reason, 'unknown')
  } finally {
    await node.stop()
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import { formatTopic } from '../../../src/consensus/topic.ts'
import type { ArrivalView } from '../../../src/rpc/block-views.ts'
import { AGENT_VERSION } from '../../../src/shared/version.ts'
import { freshStatus, GossipPeer } from '../../support/gossip-peer.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import { connectRelays, meshOf, type RunningRelay, startRelay } from '../../support/two-nodes.ts'
import { compressed, slotNow, unsignedBlock } from '../../support/unsigned-block.ts'
import { until } from '../../support/until.ts'

const NETWORK = relayNetwork()
const { digestHex } = createForkSchedule(NETWORK).at(0)
const TOPIC = formatTopic(digestHex, 'beacon_block')

function blockOf(slot: number, proposerIndex: number) {
  const block = unsignedBlock(NETWORK, slot, proposerIndex)
  block.message.body.executionPayload.transactions = [new Uint8Array(5_000).fill(proposerIndex)]
  return {
    compressed: compressed(block),
    root: `0x${Buffer.from(ssz.fulu.BeaconBlock.hashTreeRoot(block.message)).toString('hex')}`,
  }
}

async function meshedPeer(relay: RunningRelay, userAgent: string): Promise<GossipPeer> {
  const peer = await GossipPeer.start({ status: () => freshStatus(digestHex), userAgent })
  peer.subscribe(TOPIC)
  await peer.dial(relay.addresses[0] ?? '')
  await peer.meshedWith(relay.peerId, TOPIC)
  return peer
}

async function arrivalOf(relay: RunningRelay, root: string): Promise<ArrivalView> {
  let found: ArrivalView | undefined
  await until(`the arrival of ${root}`, async () => {
    found = (await relay.control.listArrivals()).find(({ block_root }) => block_root === root)
    return found !== undefined
  })
  assert.ok(found !== undefined)
  return found
}

test('a block goes from a peer over two relays: each shows whom it had it from, when, and how many sent it after', async () => {
  await using first = await startRelay({ config: { network: NETWORK } })
  await using second = await startRelay({
    config: { network: NETWORK },
    firstBlockSenders: [{ peer_id: first.peerId, count: 40 }],
  })
  await connectRelays(second, first)
  await until('the relays in each other’s mesh', async () => (await meshOf(first, TOPIC)).includes(second.peerId))
  await using alice = await meshedPeer(first, 'alice/1')
  await using bob = await meshedPeer(second, 'bob/1')

  const slot = slotNow(NETWORK)
  const { compressed: block, root } = blockOf(slot, 77)
  const sentAtMs = Date.now()
  await alice.publish(TOPIC, block)
  await until('the block at bob', () => bob.received.length > 0)
  const arrivedByMs = Date.now()
  for (let copy = 0; copy < 3; copy++) bob.publishTo(second.peerId, TOPIC, block)

  const [here, there] = [await arrivalOf(first, root), await arrivalOf(second, root)]
  assert.deepEqual(
    [here.first_peer_id, here.client, there.first_peer_id, there.client],
    [alice.peerId, 'alice/1', first.peerId, AGENT_VERSION],
  )
  for (const arrival of [here, there]) {
    assert.deepEqual([arrival.slot, arrival.proposer_index], [slot, 77])
    const { arrived_unix_ms: atMs } = arrival
    assert.ok(atMs >= sentAtMs - 1 && atMs <= arrivedByMs + 1, `${atMs} in ${sentAtMs}..${arrivedByMs}`)
    assert.equal(arrival.ms_into_slot, atMs - (NETWORK.genesisTimeSeconds * 1000 + slot * NETWORK.slotDurationMs))
    assert.ok(arrival.rtt_ms > 0 && arrival.rtt_ms < 1_000, `rtt ${arrival.rtt_ms}`)
  }
  assert.ok(here.arrived_unix_ms <= there.arrived_unix_ms + 1)
  assert.equal(here.later_peers, 0)
  await until('bob as a later peer', async () => (await arrivalOf(second, root)).later_peers === 1)

  assert.deepEqual(await first.control.listFirstBlockSenders(), [{ peer_id: alice.peerId, count: 1 }])
  assert.deepEqual(await second.control.listFirstBlockSenders(), [{ peer_id: first.peerId, count: 41 }])
  for (const relay of [first, second]) await relay.node.stop()
  assert.deepEqual([first.firstBlocks, second.firstBlocks], [[alice.peerId], [first.peerId]])
})

test('what is refused is credited to nobody and no arrival', async () => {
  await using relay = await startRelay({ config: { network: NETWORK } })
  await using alice = await meshedPeer(relay, 'alice/1')
  const early = blockOf(slotNow(NETWORK) + 50, 1)
  const fine = blockOf(slotNow(NETWORK), 2)
  alice.publishTo(relay.peerId, TOPIC, early.compressed)
  alice.publishTo(relay.peerId, TOPIC, fine.compressed)
  await arrivalOf(relay, fine.root)
  assert.deepEqual(
    (await relay.control.listArrivals()).map(({ block_root }) => block_root),
    [fine.root],
  )
  assert.deepEqual(await relay.control.listFirstBlockSenders(), [{ peer_id: alice.peerId, count: 1 }])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compressSync } from 'snappy'
import { formatTopic } from '../../../src/consensus/topic.ts'
import type { CountersView, PulseEvent } from '../../../src/rpc/pulse-event.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import { until } from '../../support/until.ts'
import { blockOf, currentSlot, type GossipScene, gossipScene } from './gossip-scene.ts'

/** Longer than any block may be: the bound of the block topic is MAX_PAYLOAD_SIZE, 10 MiB. */
const OVERSIZED_BYTES = 11 * 1024 * 1024

/** The relay's gossip score of the first peer. */
async function senderScore({ relay, peers }: GossipScene): Promise<number> {
  const [sender] = peers
  assert.ok(sender !== undefined)
  const view = (await relay.control.listPeers()).find((peer) => peer.peer_id === sender.peerId)
  assert.ok(view !== undefined)
  assert.equal(view.score, view.peer_score + view.gossipsub_score_weighted)
  return view.gossipsub_score
}

/** Fails when the sender's score falls within the next pulse, which is longer than gossipsub takes to compute it. */
async function assertUnpunished(scene: GossipScene): Promise<void> {
  const { pulses } = scene.relay
  const seen = pulses.length
  await until('another pulse', () => pulses.length > seen)
  const score = await senderScore(scene)
  assert.ok(score >= 0, `score ${score}`)
}

/**
 * Publishes what the relay is to refuse and then a good block. The good one comes later on the same stream, so that
 * its arrival at the other peer shows that the bad one was not forwarded.
 */
async function refuse(scene: GossipScene, bad: Uint8Array, topic = scene.blockTopic): Promise<CountersView> {
  const [sender, receiver] = scene.peers
  assert.ok(sender !== undefined && receiver !== undefined)
  await sender.publish(topic, bad)
  const good = blockOf(scene.network, currentSlot(scene.network), 1)
  await sender.publish(scene.blockTopic, good)
  await until('the good block', () => receiver.received.length > 0)
  assert.deepEqual(Buffer.from(receiver.received[0]?.data ?? []), Buffer.from(good))
  assert.equal(receiver.received.length, 1)
  const judged = ({ counters }: PulseEvent): boolean => counters.acceptedMessages > 0
  await until('a pulse', () => scene.relay.pulses.some(judged))
  const counters = scene.relay.pulses.find(judged)?.counters
  assert.ok(counters !== undefined)
  assert.equal(counters.acceptedMessages, 1)
  assert.equal(counters.forwardedMessages, 1)
  return counters
}

for (const [what, bytes] of [
  ['bytes that are not snappy', (): Uint8Array => new Uint8Array(400).fill(0xff)],
  ['snappy whose body breaks off', (): Uint8Array => blockOf(relayNetwork(), 5, 0, 3000).subarray(0, 90)],
  ['SSZ longer than a block can be', (): Uint8Array => compressSync(Buffer.alloc(OVERSIZED_BYTES))],
  ['SSZ shorter than a block can be', (): Uint8Array => compressSync(Buffer.alloc(50))],
] as const) {
  test(`${what}: rejected, not forwarded, and the sender pays`, async () => {
    await using scene = await gossipScene(2)
    assert.ok((await senderScore(scene)) >= 0)
    const counters = await refuse(scene, bytes())
    // Once pruned, the sender advertises it by IHAVE, and the relay asks for what it has not seen: it may come again.
    assert.ok(counters.rejectedMessages >= 1)
    assert.equal(counters.ignoredMessages, 0)
    // One invalid message costs 107.5 (P4) whatever the topic; gossipsub computes a score once a heartbeat.
    await until('the score to fall', async () => (await senderScore(scene)) <= -90)
  })
}

test('a block of a future slot: ignored, not forwarded, and the sender does not pay', async () => {
  await using scene = await gossipScene(2)
  const counters = await refuse(scene, blockOf(scene.network, currentSlot(scene.network) + 3))
  assert.deepEqual([counters.rejectedMessages, counters.ignoredMessages], [0, 1])
  await assertUnpunished(scene)
})

test('a block under the digest of the next epoch: ignored, not forwarded, and the sender does not pay', async () => {
  const network = relayNetwork({
    slotDurationMs: 1000,
    slotsPerEpoch: 200,
    blobSchedule: [{ epoch: 1, maxBlobsPerBlock: 12 }],
  })
  await using scene = await gossipScene(2, network)
  const nextTopic = formatTopic(scene.schedule.at(1).digestHex, 'beacon_block')
  assert.notEqual(nextTopic, scene.blockTopic)
  for (const peer of scene.peers) peer.subscribe(nextTopic)
  const counters = await refuse(scene, blockOf(network, currentSlot(network)), nextTopic)
  assert.deepEqual([counters.rejectedMessages, counters.ignoredMessages], [0, 1])
  await assertUnpunished(scene)
})

test('with validation off for the topic a block of a future slot is forwarded', async () => {
  const network = relayNetwork({ slotDurationMs: 1000 })
  await using scene = await gossipScene(2, network, {
    validation: { default: 'blind', perTopic: { beacon_block: 'none' } },
  })
  const [sender, receiver] = scene.peers
  await sender?.publish(scene.blockTopic, blockOf(network, currentSlot(network) + 1000))
  await until('the block', () => receiver?.received.length === 1)
})

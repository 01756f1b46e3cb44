import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ENR } from '@chainsafe/enr'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import { createSlotClock } from '../../../src/consensus/slot-clock.ts'
import { formatTopic } from '../../../src/consensus/topic.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { freshStatus, GossipPeer } from '../../support/gossip-peer.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import { meshOf, type RunningRelay, startRelay, stateOf } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'
import { blockOf } from './gossip-scene.ts'

const GENESIS_SECONDS = 1_700_000_000
const BOUNDARY_EPOCH = 2
const NETWORK = relayNetwork({
  genesisTimeSeconds: GENESIS_SECONDS,
  slotDurationMs: 1000,
  slotsPerEpoch: 4,
  blobSchedule: [{ epoch: BOUNDARY_EPOCH, maxBlobsPerBlock: 12 }],
})
const EPOCH_MS = 4000
const SCHEDULE = createForkSchedule(NETWORK)
const [OLD, NEW] = SCHEDULE.entries.map(({ digestHex }) => digestHex) as [string, string]
const OLD_TOPIC = formatTopic(OLD, 'beacon_block')
const NEW_TOPIC = formatTopic(NEW, 'beacon_block')

async function topicsOf(relay: RunningRelay): Promise<string[]> {
  return (await relay.control.listMesh()).map(({ topic }) => topic)
}

/** Digest in force, next version, next epoch and next digest, as the relay's record says. */
async function recordOf(relay: RunningRelay) {
  const { enr } = await relay.control.getNodeInfo()
  const { kvs, seq } = ENR.decodeTxt(enr)
  const eth2 = Buffer.from(kvs.get('eth2') ?? [])
  const nfd = Buffer.from(kvs.get('nfd') ?? []).toString('hex')
  return { digest: eth2.toString('hex', 0, 4), nextEpoch: eth2.readBigUInt64LE(8), nfd, seq }
}

test('topics, record and Status roll over at a digest change while the connection stays', async () => {
  const clock = new FakeClock(GENESIS_SECONDS * 1000)
  const slotClock = createSlotClock(NETWORK, clock)
  const status = () => freshStatus(SCHEDULE.at(slotClock.currentEpoch()).digestHex)
  await using relay = await startRelay({ config: { network: NETWORK }, clock })
  await using alice = await GossipPeer.start({ status })
  await using bob = await GossipPeer.start({ status })
  for (const peer of [alice, bob]) {
    peer.subscribe(OLD_TOPIC)
    await peer.dial(relay.addresses[0] ?? '')
    await peer.meshedWith(relay.peerId, OLD_TOPIC)
  }

  assert.deepEqual(await topicsOf(relay), [OLD_TOPIC])
  assert.equal((await alice.reqResp.status(relay.peerId)).forkDigestHex, OLD)
  const before = await recordOf(relay)
  assert.deepEqual([before.digest, before.nextEpoch, before.nfd], [OLD, BigInt(BOUNDARY_EPOCH), NEW])

  clock.advance(EPOCH_MS)
  assert.deepEqual(await topicsOf(relay), [OLD_TOPIC, NEW_TOPIC], 'one epoch ahead both are held')
  assert.deepEqual(await recordOf(relay), before)
  for (const peer of [alice, bob]) {
    peer.subscribe(NEW_TOPIC)
    await peer.meshedWith(relay.peerId, NEW_TOPIC)
  }

  clock.advance(EPOCH_MS)
  const after = await recordOf(relay)
  assert.deepEqual(after, { digest: NEW, nextEpoch: 2n ** 64n - 1n, nfd: '00000000', seq: before.seq + 1n })
  assert.equal((await bob.reqResp.status(relay.peerId)).forkDigestHex, NEW)
  const block = blockOf(NETWORK, BOUNDARY_EPOCH * 4)
  await alice.publish(NEW_TOPIC, block)
  await until('a block under the new digest', () => bob.received.some(({ topic }) => topic === NEW_TOPIC))

  clock.advance(EPOCH_MS)
  assert.deepEqual(await topicsOf(relay), [OLD_TOPIC, NEW_TOPIC], 'the old ones are kept for two epochs')
  clock.advance(EPOCH_MS)
  assert.deepEqual(await topicsOf(relay), [NEW_TOPIC])
  assert.equal((await meshOf(relay, NEW_TOPIC)).length, 2)
  for (const peer of [alice, bob]) {
    assert.equal(await stateOf(relay, peer.peerId), 'connected')
    assert.ok(peer.isConnectedTo(relay.peerId))
    assert.deepEqual(peer.goodbyes, [])
  }
})

test('a peer that took the next topic before the relay did is grafted once the relay does', async () => {
  const clock = new FakeClock(GENESIS_SECONDS * 1000)
  await using relay = await startRelay({ config: { network: NETWORK }, clock })
  await using early = await GossipPeer.start({ status: () => freshStatus(OLD), grafts: false })
  early.subscribe(OLD_TOPIC)
  early.subscribe(NEW_TOPIC)
  await early.dial(relay.addresses[0] ?? '')
  await early.meshedWith(relay.peerId, OLD_TOPIC)
  clock.advance(EPOCH_MS)
  await until('the early peer in the new mesh', async () => (await meshOf(relay, NEW_TOPIC)).includes(early.peerId))
})

test('messages on topics the relay is not in cost their sender nothing', async () => {
  const clock = new FakeClock((GENESIS_SECONDS + 1) * 1000)
  await using relay = await startRelay({ config: { network: NETWORK }, clock })
  await using peer = await GossipPeer.start({ status: () => freshStatus(OLD) })
  peer.subscribe(OLD_TOPIC)
  await peer.dial(relay.addresses[0] ?? '')
  await peer.meshedWith(relay.peerId, OLD_TOPIC)
  // The peer believes that the relay takes these topics: it was in them a moment ago.
  for (const topic of [NEW_TOPIC, formatTopic(OLD, 'voluntary_exit'), '/eth2/deadbeef/beacon_block/ssz_snappy']) {
    peer.publishTo(relay.peerId, topic, blockOf(NETWORK, 1, 1))
  }
  await peer.publish(OLD_TOPIC, blockOf(NETWORK, 1, 2))
  clock.advance(NETWORK.slotDurationMs)
  await until('the last message', () => {
    clock.advance(NETWORK.slotDurationMs)
    return relay.pulses.at(-1)?.counters.acceptedMessages === 1
  })
  const counters = relay.pulses.at(-1)?.counters
  assert.deepEqual([counters?.receivedMessages, counters?.rejectedMessages, counters?.ignoredMessages], [4, 0, 0])
  assert.ok((await relay.control.getPeer(peer.peerId)).gossipsub_score >= 0)
})

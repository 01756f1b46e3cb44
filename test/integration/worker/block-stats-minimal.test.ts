import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compressSync } from 'snappy'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import { formatTopic } from '../../../src/consensus/topic.ts'
import { freshStatus, GossipPeer } from '../../support/gossip-peer.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import { startRelay } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'

// The types of this process, which makes the block; they read it once.
process.env['LODESTAR_PRESET'] = 'minimal'
const { ssz } = await import('@lodestar/types')

const NETWORK = { ...relayNetwork({ slotsPerEpoch: 8 }), preset: 'minimal' } as const

test('a block of a network of the minimal preset is shown with its root', async () => {
  const { digestHex } = createForkSchedule(NETWORK).at(0)
  const topic = formatTopic(digestHex, 'beacon_block')
  await using relay = await startRelay({ config: { network: NETWORK } })
  await using alice = await GossipPeer.start({ status: () => freshStatus(digestHex), userAgent: 'alice/1' })
  alice.subscribe(topic)
  await alice.dial(relay.addresses[0] ?? '')
  await alice.meshedWith(relay.peerId, topic)

  const block = ssz.fulu.SignedBeaconBlock.defaultValue()
  block.message.slot = Math.floor((Date.now() - NETWORK.genesisTimeSeconds * 1000) / NETWORK.slotDurationMs)
  const secondsOfSlot = (block.message.slot * NETWORK.slotDurationMs) / 1000
  block.message.body.executionPayload.timestamp = NETWORK.genesisTimeSeconds + secondsOfSlot
  alice.publishTo(relay.peerId, topic, compressSync(Buffer.from(ssz.fulu.SignedBeaconBlock.serialize(block))))
  await until('the arrival', async () => (await relay.control.listArrivals()).length > 0)

  const root = `0x${Buffer.from(ssz.fulu.BeaconBlock.hashTreeRoot(block.message)).toString('hex')}`
  const shown = (await relay.control.listArrivals()).map(({ slot, block_root }) => ({ slot, block_root }))
  assert.deepEqual(shown, [{ slot: block.message.slot, block_root: root }])
})

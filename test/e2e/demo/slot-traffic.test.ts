import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type electra, ssz } from '@lodestar/types'
import { createSlotClock } from '../../../src/consensus/slot-clock.ts'
import { parseTopic } from '../../../src/consensus/topic.ts'
import { DemoChain } from '../../../src/demo/chain.ts'
import { createDemoNetwork, SLOT_DURATION_MS } from '../../../src/demo/demo-network.ts'
import { createKeyRing } from '../../../src/demo/keys.ts'
import { SlotTraffic } from '../../../src/demo/slot-traffic.ts'
import { Swarm } from '../../../src/demo/swarm.ts'
import type { SwarmReport } from '../../../src/shared/demo-messages.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { DIGEST_HEX, eventually, PlainRelay } from './plain-relay.ts'

const SUBNETS = [7, 41]
const NAMES = ['beacon_block', 'beacon_aggregate_and_proof', ...SUBNETS.map((subnet) => `beacon_attestation_${subnet}`)]

test('a slot has its block, the votes of two subnets and their aggregates', async () => {
  const clock = new FakeClock(1_800_000_000_000)
  const keys = createKeyRing()
  const network = createDemoNetwork(keys, clock.nowMs())
  const chain = new DemoChain(network, keys)
  await using relay = await PlainRelay.start(NAMES)
  const swarm = await Swarm.start({ clock, digestHex: DIGEST_HEX, head: () => chain.head })
  await using _stop = { [Symbol.asyncDispose]: () => swarm.stop() }
  const ending = new AbortController()
  const reports: SwarmReport[] = []
  const slotClock = createSlotClock(network.config, clock)
  const traffic = new SlotTraffic({
    clock,
    slotClock,
    slotDurationMs: SLOT_DURATION_MS,
    chain,
    keys,
    swarm,
    blobs: () => undefined,
    onReport: (report) => reports.push(report),
  })
  swarm.join(relay.address)
  // The clock moves in small steps, for what it drives (dials, messages) goes over real sockets.
  const whileTimePasses = (isTrue: () => boolean) => (): boolean => {
    clock.advance(40)
    return isTrue()
  }
  const hasAll = (): boolean => swarm.connectedPeers === 8 && NAMES.every((name) => relay.subscriberCount(name) === 8)
  await eventually(whileTimePasses(hasAll), 'all peers connected and subscribed', 30_000)

  const slot = slotClock.currentSlot() + 1
  const running = traffic.run(ending.signal)
  await eventually(
    whileTimePasses(() => reports.length > 0),
    'the slot is over',
    30_000,
  )
  ending.abort()
  await running

  const [report] = reports
  assert.equal(report?.slot, slot)
  assert.equal(report?.publishedMessages, relay.received.length)
  const byKind = Map.groupBy(relay.received, ({ topic }) => parseTopic(topic)?.name ?? topic)
  assert.equal(byKind.get('beacon_block')?.length, 1)
  for (const subnet of SUBNETS) assert.equal(byKind.get(`beacon_attestation_${subnet}`)?.length, 32)
  const aggregates = byKind.get('beacon_aggregate_and_proof') ?? []
  assert.ok(aggregates.length > 2 && aggregates.length <= 16)

  const block = ssz.fulu.SignedBeaconBlock.deserialize(byKind.get('beacon_block')?.[0]?.ssz ?? new Uint8Array())
  assert.equal(block.message.slot, slot)
  assert.deepEqual(ssz.fulu.BeaconBlock.hashTreeRoot(block.message), chain.head.root)
  const votes = SUBNETS.flatMap((subnet) => byKind.get(`beacon_attestation_${subnet}`) ?? [])
  for (const vote of votes) {
    const { data }: electra.SingleAttestation = ssz.electra.SingleAttestation.deserialize(vote.ssz)
    assert.equal(data.slot, slot)
    assert.deepEqual(data.beaconBlockRoot, chain.head.root)
  }
})

/** Forged blocks of peers that have just come, beside a peer whose blocks became the chain; no keys, no flags. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import type { RelayConfig } from '../../../src/config/schema.ts'
import { RECORD_SLOTS } from '../../../src/network-worker/validation/policy/track-record.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import type { GossipPeer } from '../../support/gossip-peer.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import { type RunningRelay, startRelay } from '../../support/two-nodes.ts'
import { compressed, slotNow, unsignedBlock } from '../../support/unsigned-block.ts'
import { until } from '../../support/until.ts'
import {
  DEFAULTS,
  freshPeer,
  hasBlock,
  meshedPeer,
  meshWith,
  NETWORK as SLOW_NETWORK,
  scoreOf,
  TOPIC,
} from './forged-scene.ts'
import { blockOf } from './gossip-scene.ts'

const SLOT_MS = 3000
/** Into a slot at which true blocks come, and forged ones before them. */
const TRUE_MS = 600
const FORGED_MS = 100
/** More than a block waits before it is hashed. */
const HASHED_MS = 200
/** Less than a slot, so that time is up within the test. */
const CORROBORATION_MS = 2000

const NETWORK = relayNetwork({ slotDurationMs: SLOT_MS })
const QUICK: Partial<RelayConfig> = { ...DEFAULTS, network: NETWORK, corroborationTimeMs: CORROBORATION_MS }

/** The relay's time stands still while peers and threads take theirs: what comes meanwhile comes at once. */
class SlotTime {
  readonly clock = new FakeClock(Date.now())

  get slot(): number {
    return Math.floor((this.clock.nowMs() - NETWORK.genesisTimeSeconds * 1000) / SLOT_MS)
  }

  moveTo(slot: number, ms: number): void {
    this.clock.advance(Math.max(0, NETWORK.genesisTimeSeconds * 1000 + slot * SLOT_MS + ms - this.clock.nowMs()))
  }
}

/** Blocks that are each built on the one before. */
class Chain {
  readonly blocks: Uint8Array[] = []
  #parentRoot: Uint8Array = new Uint8Array(32).fill(1)

  make(slot: number): Uint8Array {
    const block = unsignedBlock(NETWORK, slot, 7)
    block.message.parentRoot = this.#parentRoot
    this.#parentRoot = ssz.fulu.BeaconBlock.hashTreeRoot(block.message)
    const bytes = compressed(block)
    this.blocks.push(bytes)
    return bytes
  }

  get headRootHex(): string {
    return Buffer.from(this.#parentRoot).toString('hex')
  }
}

interface Scene {
  readonly time: SlotTime
  readonly relay: RunningRelay
  readonly chain: Chain
  readonly alice: GossipPeer
  readonly carol: GossipPeer
}

/** The upstream peer sends the block of a slot; the reader has it at once, and it is hashed within the slot. */
async function sendNext({ time, relay, chain, alice, carol }: Scene, slot: number): Promise<void> {
  time.moveTo(slot, TRUE_MS)
  const block = chain.make(slot)
  alice.publishTo(relay.peerId, TOPIC, block)
  await until('the true block, at once', () => hasBlock(carol, block))
  time.clock.advance(HASHED_MS)
  const root = `0x${chain.headRootHex}`
  await until('its root', async () =>
    (await relay.control.listArrivals()).some(({ block_root }) => block_root === root),
  )
}

/** In each of so many slots, beginning with the next. @returns the one after them, which has begun */
async function sendChain(scene: Scene, slots: number): Promise<number> {
  const first = scene.time.slot + 1
  for (let slot = first; slot < first + slots; slot++) await sendNext(scene, slot)
  scene.time.moveTo(first + slots, 0)
  return first + slots
}

/** So many messages wait for the word of others. */
async function untilHeld(relay: RunningRelay, count: number): Promise<void> {
  await until(`${count} messages that wait`, async () => (await relay.control.getMetrics()).heldMessages === count)
}

function forgedOnes(carol: GossipPeer, { blocks }: Chain): number {
  return carol.received.filter(({ data }) => !blocks.some((block) => Buffer.from(data).equals(block))).length
}

async function copiesSeen(relay: RunningRelay): Promise<number> {
  return (await relay.control.getMetrics()).counters.duplicateMessages
}

test('after some slots of one upstream peer the forged twins of newcomers wait for it, and never go on', async () => {
  const time = new SlotTime()
  await using relay = await startRelay({ config: QUICK, clock: time.clock })
  await using alice = await meshedPeer(relay, 'alice/1')
  await using carol = await meshedPeer(relay, 'carol/1')
  const chain = new Chain()
  const scene: Scene = { time, relay, chain, alice, carol }
  const next = await sendChain(scene, RECORD_SLOTS + 1)
  await using forger = await meshedPeer(relay, 'forger/1')
  await using accomplice = await meshedPeer(relay, 'accomplice/1')
  for (let slot = next + 1; slot < next + 4; slot++) {
    time.moveTo(slot, FORGED_MS)
    const copies = await copiesSeen(relay)
    const [lone, common] = [blockOf(NETWORK, slot, 666), blockOf(NETWORK, slot, 667)]
    forger.publishTo(relay.peerId, TOPIC, lone)
    for (const peer of [forger, accomplice]) peer.publishTo(relay.peerId, TOPIC, common)
    await untilHeld(relay, 2)
    await until("the accomplice's copy", async () => (await copiesSeen(relay)) > copies)
    await sendNext(scene, slot)
  }
  time.clock.advance(CORROBORATION_MS)
  await untilHeld(relay, 0)
  assert.equal(forgedOnes(carol, chain), 0)
  assert.ok((await scoreOf(relay, alice)) >= 0)
})

test('what a peer sent first in earlier runs speaks for it from its first block on', async () => {
  const time = new SlotTime()
  await using alice = await freshPeer('alice/1')
  await using relay = await startRelay({
    config: QUICK,
    clock: time.clock,
    firstBlockSenders: [{ peer_id: alice.peerId, count: 32 }],
  })
  await meshWith(relay, alice, 'alice/1')
  await using carol = await meshedPeer(relay, 'carol/1')
  const chain = new Chain()
  const scene: Scene = { time, relay, chain, alice, carol }
  const next = await sendChain(scene, 1)
  await using forger = await meshedPeer(relay, 'forger/1')
  time.moveTo(next + 1, FORGED_MS)
  forger.publishTo(relay.peerId, TOPIC, blockOf(NETWORK, next + 1, 666))
  await untilHeld(relay, 1)
  await sendNext(scene, next + 1)
  assert.equal(forgedOnes(carol, chain), 0)
})

test('two peers that play together fill neither the list of arrivals nor the ring: the true block is in both', async () => {
  const perTopic = { beacon_block: 'corroborate(2)' } as const
  await using relay = await startRelay({ config: { ...DEFAULTS, validation: { default: 'default', perTopic } } })
  const names = ['spam/1', 'spammer/1', 'alice/1', 'bob/1', 'dave/1']
  await using peers = new AsyncDisposableStack()
  const [spam, spammer, ...honest] = await Promise.all(
    names.map(async (name) => peers.use(await meshedPeer(relay, name))),
  )
  assert.ok(spam !== undefined && spammer !== undefined)
  const slot = slotNow(SLOW_NETWORK)
  const accepted = async (count: number): Promise<void> =>
    until(`${count} blocks`, async () => (await relay.control.getMetrics()).counters.acceptedBlocks === count)
  let passed = 0
  for (const forged of [slot - 1, slot].flatMap((each) => [1, 2].map((seed) => blockOf(SLOW_NETWORK, each, seed)))) {
    for (const peer of [spam, spammer]) peer.publishTo(relay.peerId, TOPIC, forged)
    await accepted(++passed)
  }
  const block = unsignedBlock(SLOW_NETWORK, slot, 7)
  for (const peer of honest) peer.publishTo(relay.peerId, TOPIC, compressed(block))
  await accepted(++passed)
  const root = `0x${Buffer.from(ssz.fulu.BeaconBlock.hashTreeRoot(block.message)).toString('hex')}`
  await until('the true block among the arrivals', async () =>
    (await relay.control.listArrivals()).some(({ block_root }) => block_root === root),
  )
  await until('all in the ring', async () => (await relay.control.getMetrics()).recentObjects === passed)
})

/** Forged blocks of peers that have just come, beside a peer whose blocks became the chain; no keys, no flags. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { ssz } from '@lodestar/types'
import type { RelayConfig } from '../../../src/config/schema.ts'
import { RECORD_SLOTS } from '../../../src/network-worker/validation/policy/track-record.ts'
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

/** A block is hashed within the slot that it came in, by a thread that was not there before the first. */
const SLOT_MS = 3000
/** Into a slot at which true blocks come, and forged ones before them. */
const TRUE_MS = 600
const FORGED_MS = 100
/** A forger of a true network finds more: less than a slot, so that time is up within the test. */
const CORROBORATION_MS = 2000

const NETWORK = relayNetwork({ slotDurationMs: SLOT_MS })
const QUICK: Partial<RelayConfig> = { ...DEFAULTS, network: NETWORK, corroborationTimeMs: CORROBORATION_MS }

async function intoSlot(slot: number, ms: number): Promise<void> {
  await delay(Math.max(0, NETWORK.genesisTimeSeconds * 1000 + slot * SLOT_MS + ms - Date.now()))
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
}

/** One upstream peer sends a block in each of so many slots, beginning with the next, and the reader has them at once. */
async function sendChain(relay: RunningRelay, chain: Chain, alice: GossipPeer, carol: GossipPeer, slots: number) {
  const first = slotNow(NETWORK) + 1
  for (let slot = first; slot < first + slots; slot++) {
    await intoSlot(slot, TRUE_MS)
    const block = chain.make(slot)
    alice.publishTo(relay.peerId, TOPIC, block)
    await until('the block, at once', () => hasBlock(carol, block), SLOT_MS - TRUE_MS)
  }
  return first + slots
}

function forgedOnes(carol: GossipPeer, { blocks }: Chain): number {
  return carol.received.filter(({ data }) => !blocks.some((block) => Buffer.from(data).equals(block))).length
}

test('after some slots of one upstream peer the forged twins of newcomers wait for it, and never go on', async () => {
  await using relay = await startRelay({ config: QUICK })
  await using alice = await meshedPeer(relay, 'alice/1')
  await using carol = await meshedPeer(relay, 'carol/1')
  const chain = new Chain()
  const next = await sendChain(relay, chain, alice, carol, RECORD_SLOTS + 1)
  await intoSlot(next, 0)
  await using forger = await meshedPeer(relay, 'forger/1')
  await using accomplice = await meshedPeer(relay, 'accomplice/1')
  const begin = slotNow(NETWORK) + 1
  for (let slot = begin; slot < begin + 3; slot++) {
    await intoSlot(slot, FORGED_MS)
    const [lone, common] = [blockOf(NETWORK, slot, 666), blockOf(NETWORK, slot, 667)]
    forger.publishTo(relay.peerId, TOPIC, lone)
    for (const peer of [forger, accomplice]) peer.publishTo(relay.peerId, TOPIC, common)
    await intoSlot(slot, TRUE_MS)
    const block = chain.make(slot)
    alice.publishTo(relay.peerId, TOPIC, block)
    await until('the true block, at once', () => hasBlock(carol, block), CORROBORATION_MS)
  }
  const isIdle = async (): Promise<boolean> => (await relay.control.getMetrics()).heldMessages === 0
  await until('the forged ones to be dropped', isIdle, 2 * CORROBORATION_MS)
  assert.equal(forgedOnes(carol, chain), 0)
  assert.ok((await scoreOf(relay, alice)) >= 0)
})

test('what a peer sent first in earlier runs speaks for it from its first block on', async () => {
  await using alice = await freshPeer('alice/1')
  await using relay = await startRelay({
    config: QUICK,
    firstBlockSenders: [{ peer_id: alice.peerId, count: 32 }],
  })
  await meshWith(relay, alice, 'alice/1')
  await using carol = await meshedPeer(relay, 'carol/1')
  const chain = new Chain()
  const next = await sendChain(relay, chain, alice, carol, 1)
  await intoSlot(next, 0)
  await using forger = await meshedPeer(relay, 'forger/1')
  const slot = slotNow(NETWORK) + 1
  await intoSlot(slot, FORGED_MS)
  forger.publishTo(relay.peerId, TOPIC, blockOf(NETWORK, slot, 666))
  await intoSlot(slot, TRUE_MS)
  const block = chain.make(slot)
  alice.publishTo(relay.peerId, TOPIC, block)
  await until('the true block, at once', () => hasBlock(carol, block), CORROBORATION_MS)
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

/** A true block and forged ones of its slot, when a beacon node has told whose turn it is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import { createKeyRing } from '../../../src/demo/keys.ts'
import { toHex } from '../../../src/shared/hex.ts'
import { type RunningRelay, startRelay } from '../../support/two-nodes.ts'
import { compressed, slotNow, unsignedBlock } from '../../support/unsigned-block.ts'
import { until } from '../../support/until.ts'
import { signIn } from '../validation-pool/verifier-scene.ts'
import { DEFAULTS, hasBlock, meshedPeer, NETWORK, scoreOf, TOPIC } from './forged-scene.ts'

const PROPOSER = 7
/** A signature is verified in milliseconds, once its thread has started. */
const VERIFIED_MS = 30_000

const keys = createKeyRing()
const versionHex = NETWORK.forks.find(({ name }) => name === 'fulu')?.versionHex ?? ''

/** A block of a proposer, signed by him, above the size from which a mesh is told that a message need not be sent. */
function signedBlock(slot: number, proposerIndex: number) {
  const block = unsignedBlock(NETWORK, slot, proposerIndex)
  block.message.body.executionPayload.transactions = [crypto.getRandomValues(new Uint8Array(10_000))]
  const root = ssz.fulu.BeaconBlock.hashTreeRoot(block.message)
  block.signature = signIn(NETWORK, { keys, signer: proposerIndex, domain: 'beaconProposer', versionHex }, root)
  return block
}

async function tellDuties(relay: RunningRelay, slot: number): Promise<void> {
  const pubkeyHex = toHex(keys.publicKeyBytes(PROPOSER))
  const duties = [slot, slot + 1, slot + 2].map((each) => ({ slot: each, validatorIndex: PROPOSER, pubkeyHex }))
  await relay.control.setChainFacts({ source: 'beacon_node', duties })
}

test('the forged twin comes first and is rejected; the true block goes on at the word of one peer', async () => {
  await using relay = await startRelay({ config: DEFAULTS })
  const slot = slotNow(NETWORK)
  await tellDuties(relay, slot)
  await using forger = await meshedPeer(relay, 'forger/1')
  await using alice = await meshedPeer(relay, 'alice/1')
  await using carol = await meshedPeer(relay, 'carol/1')
  const block = signedBlock(slot, PROPOSER)
  const twin = ssz.fulu.SignedBeaconBlock.clone(block)
  twin.message.body.graffiti = new Uint8Array(32).fill(1)
  forger.publishTo(relay.peerId, TOPIC, compressed(twin))
  await until('the forger to pay', async () => (await scoreOf(relay, forger)) < 0, VERIFIED_MS)
  alice.publishTo(relay.peerId, TOPIC, compressed(block))
  await until('the true block', () => hasBlock(carol, compressed(block)), VERIFIED_MS)
  assert.equal(carol.received.length, 1)
  assert.ok((await scoreOf(relay, alice)) >= 0)
})

test('a block of another proposer than expected needs two peers, and costs nobody anything', async () => {
  await using relay = await startRelay({ config: DEFAULTS })
  const slot = slotNow(NETWORK)
  await tellDuties(relay, slot)
  await using alice = await meshedPeer(relay, 'alice/1')
  await using carol = await meshedPeer(relay, 'carol/1')
  const block = compressed(signedBlock(slot, PROPOSER + 1))
  alice.publishTo(relay.peerId, TOPIC, block)
  const isHeld = async (): Promise<boolean> => (await relay.control.getMetrics()).heldMessages === 1
  await until('the block waits', isHeld)
  assert.equal(carol.received.length, 0)
  await using bob = await meshedPeer(relay, 'bob/1')
  bob.publishTo(relay.peerId, TOPIC, block)
  await until('the block goes on', () => hasBlock(carol, block))
  for (const peer of [alice, bob]) assert.ok((await scoreOf(relay, peer)) >= 0)
})

test('what nobody else had in time goes on when another peer sends it later', async () => {
  await using relay = await startRelay({ config: { ...DEFAULTS, corroborationTimeMs: 300 } })
  const slot = slotNow(NETWORK)
  await tellDuties(relay, slot)
  await using alice = await meshedPeer(relay, 'alice/1')
  await using bob = await meshedPeer(relay, 'bob/1')
  await using carol = await meshedPeer(relay, 'carol/1')
  const block = compressed(signedBlock(slot, PROPOSER + 1))
  alice.publishTo(relay.peerId, TOPIC, block)
  const isDropped = async (): Promise<boolean> => {
    const { heldMessages, counters } = await relay.control.getMetrics()
    return heldMessages === 0 && counters.ignoredMessages === 1
  }
  await until('the block to be dropped', isDropped, VERIFIED_MS)
  bob.publishTo(relay.peerId, TOPIC, block)
  await until('the block goes on', () => hasBlock(carol, block))
})

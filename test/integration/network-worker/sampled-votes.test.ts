/** Votes between real peers where the voters' keys are known: whose go on at once, and who is found out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { ssz } from '@lodestar/types'
import type { RelayConfig } from '../../../src/config/schema.ts'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import { compressBlock } from '../../../src/consensus/snappy/snappy-block.ts'
import { formatTopic } from '../../../src/consensus/topic.ts'
import { createKeyRing, DISTINCT_KEYS } from '../../../src/demo/keys.ts'
import { VOTES_OF_RECORD } from '../../../src/network-worker/validation/policy/vote-source.ts'
import { ValidatorKeys } from '../../../src/shared/validator-keys.ts'
import { freshStatus, GossipPeer } from '../../support/gossip-peer.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import { connectRelays, meshOf, type RunningRelay, startRelay, stateOf } from '../../support/two-nodes.ts'
import { slotNow } from '../../support/unsigned-block.ts'
import { until } from '../../support/until.ts'
import { signIn } from '../validation-pool/verifier-scene.ts'

const NETWORK = relayNetwork({ slotDurationMs: 12_000 })
const { digestHex } = createForkSchedule(NETWORK).at(0)
const TOPIC = formatTopic(digestHex, 'beacon_attestation_0')
const CONFIG: Partial<RelayConfig> = {
  network: NETWORK,
  attestationSubnets: [0],
  validation: { default: 'default', perTopic: {} },
}
const VERSION = NETWORK.forks.find(({ name }) => name === 'fulu')?.versionHex ?? ''
/** Until a thread has started and verified. */
const VERIFIED_MS = 30_000
/** Who forges sends one vote after the other. */
const PERIOD_MS = 20
/** A vote in so many is verified behind at least (policy/vote-source.ts), and some are on their way meanwhile. */
const MOST_UNCHECKED = 64 + 16

const keys = createKeyRing()

/** A relay that knows the keys of all validators. */
async function startKnowingRelay(): Promise<RunningRelay> {
  const relay = await startRelay({ config: CONFIG })
  const registry = new ValidatorKeys()
  const all = Array.from({ length: DISTINCT_KEYS }, (_, index) => keys.publicKeyBytes(index))
  registry.append(Buffer.concat(all))
  await relay.control.setValidatorKeys(registry.memory)
  return relay
}

async function meshedPeer(relay: RunningRelay, userAgent: string): Promise<GossipPeer> {
  const peer = await GossipPeer.start({ status: () => freshStatus(digestHex), userAgent })
  peer.subscribe(TOPIC)
  await peer.dial(relay.addresses[0] ?? '')
  await peer.meshedWith(relay.peerId, TOPIC)
  return peer
}

/** The vote of a validator, compressed; forged unless it is signed by himself. */
function voteOf(validator: number, isForged = false): Uint8Array {
  const slot = slotNow(NETWORK)
  const value = ssz.electra.SingleAttestation.defaultValue()
  value.attesterIndex = validator
  value.data.slot = slot
  value.data.target.epoch = Math.floor(slot / NETWORK.slotsPerEpoch)
  const root = ssz.phase0.AttestationData.hashTreeRoot(value.data)
  const signer = isForged ? validator + 1 : validator
  value.signature = signIn(NETWORK, { keys, signer, domain: 'beaconAttester', versionHex: VERSION }, root)
  return compressBlock(ssz.electra.SingleAttestation.serialize(value))
}

function votesOf(first: number, count: number, isForged = false): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, index) => voteOf(first + index, isForged))
}

/** How many votes were verified with this outcome. */
async function verified(relay: RunningRelay, outcome: 'valid' | 'invalid'): Promise<number> {
  const rows = (await relay.control.getMetrics()).verified
  return rows.find((row) => row.kind === 'beacon_attestation' && row.outcome === outcome)?.count ?? 0
}

function hasAll({ received }: GossipPeer, votes: readonly Uint8Array[]): boolean {
  return votes.every((vote) => received.some(({ data }) => Buffer.from(data).equals(vote)))
}

/** Has a peer send as many true votes as make a record, and one more. */
async function earnRecord(peer: GossipPeer, relay: RunningRelay, witness: GossipPeer, first: number): Promise<void> {
  const votes = votesOf(first, VOTES_OF_RECORD + 1)
  for (const vote of votes) peer.publishTo(relay.peerId, TOPIC, vote)
  await until('the first votes', () => hasAll(witness, votes), VERIFIED_MS)
}

test('an honest source: its first votes are verified, and all later ones go on at once, through two relays', async () => {
  await using one = await startKnowingRelay()
  await using other = await startKnowingRelay()
  await connectRelays(one, other)
  await until('both in one mesh', async () => (await meshOf(one, TOPIC)).includes(other.peerId))
  await using alice = await meshedPeer(one, 'alice/1')
  await using carol = await meshedPeer(other, 'carol/1')
  await earnRecord(alice, one, carol, 0)
  const before = [await verified(one, 'valid'), await verified(other, 'valid')]
  const votes = votesOf(20, 200)
  for (const vote of votes) alice.publishTo(one.peerId, TOPIC, vote)
  await until('all votes', () => hasAll(carol, votes))
  const after = [await verified(one, 'valid'), await verified(other, 'valid')]
  for (const [index, count] of after.entries()) {
    const checked = count - (before[index] ?? 0)
    assert.ok(checked < votes.length / 2, `${checked} of ${votes.length} were verified`)
  }
  assert.equal((await verified(one, 'invalid')) + (await verified(other, 'invalid')), 0)
})

test('a forger who has just come gets nothing through, and is out before it has sent a dozen', async () => {
  await using relay = await startKnowingRelay()
  await using alice = await meshedPeer(relay, 'alice/1')
  await using carol = await meshedPeer(relay, 'carol/1')
  await using forger = await meshedPeer(relay, 'forger/1')
  await earnRecord(alice, relay, carol, 0)
  const known = carol.received.length
  for (const vote of votesOf(20, 12, true)) forger.publishTo(relay.peerId, TOPIC, vote)
  await until('the forger to go', async () => (await stateOf(relay, forger.peerId)) !== 'connected', VERIFIED_MS)
  const votes = votesOf(20, 12)
  for (const vote of votes) alice.publishTo(relay.peerId, TOPIC, vote)
  await until('the true votes of the same validators', () => hasAll(carol, votes), VERIFIED_MS)
  assert.equal(carol.received.length, known + votes.length)
  assert.equal(await stateOf(relay, alice.peerId), 'connected')
})

test('a forger who has a record is found out within two seconds, and nothing more of it goes on', async () => {
  await using relay = await startKnowingRelay()
  await using forger = await meshedPeer(relay, 'forger/1')
  await using carol = await meshedPeer(relay, 'carol/1')
  await earnRecord(forger, relay, carol, 0)
  const known = carol.received.length
  const forged = votesOf(20, 150, true)
  const startMs = performance.now()
  let foundMs: number | undefined
  for (const vote of forged) {
    if ((await stateOf(relay, forger.peerId)) !== 'connected') break
    forger.publishTo(relay.peerId, TOPIC, vote)
    await delay(PERIOD_MS)
    if ((await verified(relay, 'invalid')) > 0) foundMs ??= performance.now() - startMs
  }
  assert.ok(foundMs !== undefined && foundMs < 2000, `found out after ${foundMs} ms`)
  await until('the forger to go', async () => (await stateOf(relay, forger.peerId)) !== 'connected', VERIFIED_MS)
  const passed = carol.received.length - known
  assert.ok(passed <= MOST_UNCHECKED, `${passed} of ${forged.length} went on`)
})

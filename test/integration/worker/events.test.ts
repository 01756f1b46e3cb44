/** The event stream of whole relays, worker thread and all: real objects from a peer of stock js-libp2p. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { ssz } from '@lodestar/types'
import pino from 'pino'
import { compressSync } from 'snappy'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import type { NetworkConfig } from '../../../src/consensus/network-config.ts'
import { formatTopic } from '../../../src/consensus/topic.ts'
import { startRelay } from '../../../src/main/relay.ts'
import type { NodeInfoView } from '../../../src/rpc/node-views.ts'
import { freshStatus, GossipPeer } from '../../support/gossip-peer.ts'
import { relayConfig, relayNetwork } from '../../support/relay-config.ts'
import { blobSidecar, fuluColumn } from '../../unit/network-worker/validation/sidecar-values.ts'
import {
  committeeAttestation,
  contribution,
  electraAggregate,
  singleAttestation,
} from '../../unit/network-worker/validation/vote-values.ts'
import { type EventClient, eventsNamed, openEvents } from '../api/event-client.ts'
import { blockOf, currentSlot } from '../network-worker/gossip-scene.ts'

const SUBNET = 3
const COLUMN = 5

interface Scene {
  readonly network: NetworkConfig
  readonly alice: GossipPeer
  readonly relayId: string
  open(topics: string): Promise<EventClient>
  /** Sends an object from Alice. */
  send(name: string, bytes: Uint8Array): void
  /** Ends Alice's connection without a goodbye. */
  leave(): Promise<void>
}

/** A relay that judges nothing, so that objects need no chain behind them, and a peer in its block mesh. */
async function scene(
  t: TestContext,
  network: NetworkConfig,
  onStarted?: (api: string) => Promise<void>,
): Promise<Scene> {
  const dataDir = mkdtempSync(join(tmpdir(), 'starling-events-'))
  const relay = await startRelay(
    relayConfig(dataDir, {
      ...{ network, topics: 'all', attestationSubnets: [SUBNET], custodyColumns: [COLUMN] },
      ...{ validation: { default: 'none', perTopic: {} }, logLevel: 'silent' },
    }),
    { log: pino({ level: 'silent' }) },
  )
  t.after(async () => {
    await relay.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const api = relay.apiUrl.replace(/\/$/, '')
  await onStarted?.(api)
  const info = (await (await fetch(`${api}/node/info`)).json()) as NodeInfoView
  const { digestHex } = createForkSchedule(network).at(3)
  const blockTopic = formatTopic(digestHex, 'beacon_block')
  const alice = await GossipPeer.start({ status: () => freshStatus(digestHex), userAgent: 'alice/1' })
  let isHere = true
  const leave = async (): Promise<void> => {
    if (isHere) await alice[Symbol.asyncDispose]()
    isHere = false
  }
  t.after(leave)
  alice.subscribe(blockTopic)
  await alice.dial(info.p2p_addresses[0] ?? '')
  await alice.meshedWith(info.peer_id, blockTopic)
  return {
    ...{ network, alice, relayId: info.peer_id, leave },
    open: (topics) => openEvents(`${api}/eth/v1/events?topics=${topics}`),
    send: (name, bytes) =>
      alice.publishTo(info.peer_id, formatTopic(digestHex, name), compressSync(Buffer.from(bytes))),
  }
}

/** The chain's forks up to Deneb, all of them at once. */
function denebNetwork(): NetworkConfig {
  const network = relayNetwork()
  return { ...network, forks: network.forks.filter(({ name }) => name !== 'electra' && name !== 'fulu') }
}

test('a block: gossip, taken as it is, and how it came, to a µs and with who sent it', {
  timeout: 60_000,
}, async (t) => {
  const { network, alice, relayId, open } = await scene(t, relayNetwork())
  const client = await open('block,block_gossip,block_arrival')
  const slot = currentSlot(network)
  const sentNs = BigInt(Date.now()) * 1_000_000n
  alice.publishTo(relayId, alice.node.services.gossip.getTopics()[0] ?? '', blockOf(network, slot))
  const [gossip] = (await eventsNamed(client, 'block_gossip')) as { slot: string; block: string }[]
  assert.equal(gossip?.slot, String(slot))
  assert.match(gossip?.block ?? '', /^0x[0-9a-f]{64}$/)
  assert.deepEqual(await eventsNamed(client, 'block'), [{ ...gossip, execution_optimistic: true }])
  const [arrival] = (await eventsNamed(client, 'block_arrival')) as Record<string, string | number>[]
  assert.deepEqual(
    [arrival?.['block_root'], arrival?.['first_peer_id'], arrival?.['client']],
    [gossip?.block, alice.peerId, 'alice/1'],
  )
  const arrivedNs = BigInt(arrival?.['arrived_unix_ns'] ?? 0)
  const tookMs = Number(arrivedNs - sentNs) / 1e6
  assert.ok(tookMs > -1 && tookMs < 2_000, `${tookMs} ms`)
  const slotStartMs = network.genesisTimeSeconds * 1000 + slot * network.slotDurationMs
  const intoSlotMs = Number(arrivedNs - BigInt(slotStartMs) * 1_000_000n) / 1e6
  assert.ok(Math.abs(Number(arrival?.['ms_into_slot']) - intoSlotMs) < 0.01)
  client.close()
})

test('objects of Fulu, each as its event', { timeout: 60_000 }, async (t) => {
  const { network, send, open } = await scene(t, relayNetwork())
  const slot = currentSlot(network)
  const client = await open(
    'single_attestation,attestation,voluntary_exit,bls_to_execution_change,proposer_slashing,attester_slashing,' +
      'contribution_and_proof,data_column_sidecar',
  )
  const exit = ssz.phase0.SignedVoluntaryExit.defaultValue()
  const change = ssz.capella.SignedBLSToExecutionChange.defaultValue()
  const proposer = ssz.phase0.ProposerSlashing.defaultValue()
  const attester = ssz.fulu.AttesterSlashing.defaultValue()
  const vote = singleAttestation(slot)
  const aggregate = electraAggregate(slot)
  const committee = contribution(slot)
  const column = fuluColumn(slot, COLUMN)
  send(`beacon_attestation_${SUBNET}`, ssz.fulu.SingleAttestation.serialize(vote))
  send('beacon_aggregate_and_proof', ssz.fulu.SignedAggregateAndProof.serialize(aggregate))
  send('voluntary_exit', ssz.phase0.SignedVoluntaryExit.serialize(exit))
  send('bls_to_execution_change', ssz.capella.SignedBLSToExecutionChange.serialize(change))
  send('proposer_slashing', ssz.phase0.ProposerSlashing.serialize(proposer))
  send('attester_slashing', ssz.fulu.AttesterSlashing.serialize(attester))
  send('sync_committee_contribution_and_proof', ssz.altair.SignedContributionAndProof.serialize(committee))
  send(`data_column_sidecar_${COLUMN}`, ssz.fulu.DataColumnSidecar.serialize(column))
  const whole = {
    single_attestation: ssz.fulu.SingleAttestation.toJson(vote),
    attestation: ssz.fulu.Attestation.toJson(aggregate.message.aggregate),
    voluntary_exit: ssz.phase0.SignedVoluntaryExit.toJson(exit),
    bls_to_execution_change: ssz.capella.SignedBLSToExecutionChange.toJson(change),
    proposer_slashing: ssz.phase0.ProposerSlashing.toJson(proposer),
    attester_slashing: ssz.fulu.AttesterSlashing.toJson(attester),
    contribution_and_proof: ssz.altair.SignedContributionAndProof.toJson(committee),
  }
  for (const [name, json] of Object.entries(whole)) assert.deepEqual(await eventsNamed(client, name), [json], name)
  const [told] = (await eventsNamed(client, 'data_column_sidecar')) as Record<string, unknown>[]
  const root = ssz.phase0.BeaconBlockHeader.hashTreeRoot(column.signedBlockHeader.message)
  assert.deepEqual(told, {
    block_root: `0x${Buffer.from(root).toString('hex')}`,
    ...{ index: String(COLUMN), slot: String(slot) },
    kzg_commitments: column.kzgCommitments.map((point) => `0x${Buffer.from(point).toString('hex')}`),
  })
  client.close()
})

test('before Electra a subnet has attestations, and blobs have sidecars', { timeout: 60_000 }, async (t) => {
  const { network, send, open } = await scene(t, denebNetwork())
  const slot = currentSlot(network)
  const client = await open('attestation,blob_sidecar')
  const vote = committeeAttestation(slot)
  const sidecar = blobSidecar(slot, 1)
  send(`beacon_attestation_${SUBNET}`, ssz.phase0.Attestation.serialize(vote))
  send('blob_sidecar_1', ssz.deneb.BlobSidecar.serialize(sidecar))
  assert.deepEqual(await eventsNamed(client, 'attestation'), [ssz.phase0.Attestation.toJson(vote)])
  const [told] = (await eventsNamed(client, 'blob_sidecar')) as Record<string, string>[]
  assert.deepEqual([told?.['index'], told?.['slot']], ['1', String(slot)])
  assert.match(told?.['versioned_hash'] ?? '', /^0x01[0-9a-f]{62}$/)
  client.close()
})

test('a peer comes, is grafted, and leaves: each is told, with the reason', { timeout: 60_000 }, async (t) => {
  let client: EventClient | undefined
  const { alice, leave } = await scene(t, relayNetwork(), async (api) => {
    client = await openEvents(`${api}/eth/v1/events?topics=peer,mesh`)
  })
  assert.ok(client !== undefined)
  const links = (await eventsNamed(client, 'mesh')) as Record<string, string>[]
  assert.ok(links.every(({ peer_id, topic }) => peer_id === alice.peerId && topic?.includes('/beacon_block/')))
  await leave()
  const [came, left] = (await eventsNamed(client, 'peer', 2)) as Record<string, string | number>[]
  const { unix_ms: cameMs, address, ...arrival } = came ?? {}
  assert.deepEqual(arrival, { action: 'connected', peer_id: alice.peerId, direction: 'inbound' })
  assert.match(String(address), /^\/ip4\/127\.0\.0\.1\/tcp\/\d+$/)
  assert.equal(left?.['action'], 'disconnected')
  assert.deepEqual([left?.['peer_id'], left?.['client'], left?.['address']], [alice.peerId, 'alice/1', address])
  assert.equal(left?.['reason'], 'inbound_disconnect')
  assert.ok(Number(left?.['unix_ms']) >= Number(cameMs))
  client.close()
})

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { ContainerType } from '@chainsafe/ssz'
import { ssz } from '@lodestar/types'
import fc from 'fast-check'
import type { ForkName } from '../../../../src/consensus/network-config.ts'
import type { GossipKind } from '../../../../src/consensus/topic-table.ts'
import { ObjectEvents } from '../../../../src/network-worker/events/object-events.ts'
import { snakeCase } from '../../../../src/network-worker/events/ssz-json.ts'
import type { EventTopic } from '../../../../src/rpc/gossip-events.ts'

const events = new ObjectEvents('mainnet')

type SszContainer = Pick<ContainerType<Record<string, never>>, 'deserialize' | 'serialize' | 'toJson' | 'defaultValue'>

/** An object of the library's type whose fixed fields are filled with bytes that are no default. */
function filled(type: unknown, change: (value: Record<string, never>) => void = () => undefined) {
  const container = type as SszContainer
  const value = container.defaultValue()
  change(value)
  return { ssz: container.serialize(value), json: container.toJson(value) }
}

function eventOf(kind: GossipKind, fork: ForkName, bytes: Uint8Array): { topic: EventTopic; data: unknown } {
  const event = events.of(kind, fork) ?? assert.fail(`${kind} of ${fork} is no event`)
  const json = event.toJson(bytes)
  assert.ok(json !== undefined && !json.includes('\n'))
  return { topic: event.topic, data: JSON.parse(json) }
}

/** Operations that are told whole: kind, fork, the library's type, the event. */
const WHOLE: readonly (readonly [GossipKind, ForkName, unknown, EventTopic])[] = [
  ['beacon_attestation', 'phase0', ssz.phase0.Attestation, 'attestation'],
  ['beacon_attestation', 'deneb', ssz.deneb.Attestation, 'attestation'],
  ['beacon_attestation', 'electra', ssz.electra.SingleAttestation, 'single_attestation'],
  ['beacon_attestation', 'fulu', ssz.fulu.SingleAttestation, 'single_attestation'],
  ['voluntary_exit', 'fulu', ssz.phase0.SignedVoluntaryExit, 'voluntary_exit'],
  ['bls_to_execution_change', 'capella', ssz.capella.SignedBLSToExecutionChange, 'bls_to_execution_change'],
  ['proposer_slashing', 'fulu', ssz.phase0.ProposerSlashing, 'proposer_slashing'],
  ['attester_slashing', 'phase0', ssz.phase0.AttesterSlashing, 'attester_slashing'],
  ['attester_slashing', 'fulu', ssz.fulu.AttesterSlashing, 'attester_slashing'],
  ['sync_committee_contribution_and_proof', 'fulu', ssz.altair.SignedContributionAndProof, 'contribution_and_proof'],
]

/** Numbers that a library of doubles keeps exactly; all but zero, so that no field can stand for another. */
let count = 0
function stir(value: unknown): unknown {
  if (value instanceof Uint8Array) return Uint8Array.from(value, () => ++count & 0xff)
  if (typeof value === 'number') return ++count * 1_000_003
  if (typeof value === 'bigint') return BigInt(++count) * 2n ** 50n + 1n
  if (Array.isArray(value)) return value.map(stir)
  if (typeof value !== 'object' || value === null || 'uint8Array' in value) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, stir(member)]))
}

/** The checksum of an address is how it is shown, not what it is. */
function lowerCase(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replace(/0x[0-9a-fA-F]+/g, (hex) => hex.toLowerCase()))
}

for (const [kind, fork, type, topic] of WHOLE) {
  test(`${kind} of ${fork} is the event ${topic}, as the library writes it`, () => {
    const { ssz: bytes, json } = filled(type, (value) => Object.assign(value, stir(value)))
    assert.deepEqual(eventOf(kind, fork, bytes), { topic, data: lowerCase(json) })
  })
}

test('the attestation of an aggregate is an attestation, committee bits and all', () => {
  const value = ssz.fulu.SignedAggregateAndProof.defaultValue()
  value.message.aggregate.data.slot = 77
  value.message.aggregate.committeeBits.set(3, true)
  const { topic, data } = eventOf(
    'beacon_aggregate_and_proof',
    'fulu',
    ssz.fulu.SignedAggregateAndProof.serialize(value),
  )
  assert.equal(topic, 'attestation')
  assert.deepEqual(data, ssz.fulu.Attestation.toJson(value.message.aggregate))
})

test('indices of a slashing are decimal strings, one of 2^64 - 1 included', () => {
  const value = ssz.fulu.AttesterSlashing.defaultValue()
  value.attestation1.attestingIndices = [1, 2 ** 40]
  value.attestation2.data.target.epoch = 2n ** 64n - 1n
  const { data } = eventOf('attester_slashing', 'fulu', ssz.fulu.AttesterSlashing.serialize(value))
  assert.deepEqual(data, ssz.fulu.AttesterSlashing.toJson(value))
})

test('a blob sidecar is told by root, index, slot, commitment and versioned hash', () => {
  const value = ssz.deneb.BlobSidecar.defaultValue()
  value.index = 5
  value.signedBlockHeader.message.slot = 99
  value.kzgCommitment = new Uint8Array(48).fill(7)
  const { data } = eventOf('blob_sidecar', 'deneb', ssz.deneb.BlobSidecar.serialize(value))
  const root = ssz.phase0.BeaconBlockHeader.hashTreeRoot(value.signedBlockHeader.message)
  const hashed = createHash('sha256').update(value.kzgCommitment).digest('hex')
  assert.deepEqual(data, {
    block_root: `0x${Buffer.from(root).toString('hex')}`,
    index: '5',
    slot: '99',
    kzg_commitment: `0x${'07'.repeat(48)}`,
    versioned_hash: `0x01${hashed.slice(2)}`,
  })
})

test('a column is told by root, index and slot, and until Gloas by its commitments', () => {
  const value = ssz.fulu.DataColumnSidecar.defaultValue()
  value.index = 127
  value.column = [new Uint8Array(2048), new Uint8Array(2048)]
  value.kzgCommitments = [new Uint8Array(48).fill(1), new Uint8Array(48).fill(2)]
  value.signedBlockHeader.message.slot = 100
  const { topic, data } = eventOf('data_column_sidecar', 'fulu', ssz.fulu.DataColumnSidecar.serialize(value))
  assert.equal(topic, 'data_column_sidecar')
  const root = ssz.phase0.BeaconBlockHeader.hashTreeRoot(value.signedBlockHeader.message)
  assert.deepEqual(data, {
    block_root: `0x${Buffer.from(root).toString('hex')}`,
    index: '127',
    slot: '100',
    kzg_commitments: [`0x${'01'.repeat(48)}`, `0x${'02'.repeat(48)}`],
  })
  const later = ssz.gloas.DataColumnSidecar.defaultValue()
  later.slot = 8
  const told = eventOf('data_column_sidecar', 'gloas', ssz.gloas.DataColumnSidecar.serialize(later))
  assert.deepEqual(told.data, { block_root: `0x${'00'.repeat(32)}`, index: '0', slot: '8' })
})

for (const [kind, type] of [
  ['execution_payload_bid', ssz.gloas.SignedExecutionPayloadBid],
  ['payload_attestation_message', ssz.gloas.PayloadAttestationMessage],
  ['proposer_preferences', ssz.gloas.SignedProposerPreferences],
] as const) {
  test(`${kind} is told with its fork`, () => {
    const { ssz: bytes, json } = filled(type, (value) => Object.assign(value, stir(value)))
    assert.deepEqual(eventOf(kind, 'gloas', bytes), { topic: kind, data: { version: 'gloas', data: lowerCase(json) } })
  })
}

test('an envelope is told by slot, builder, block hash and block root', () => {
  const value = ssz.gloas.SignedExecutionPayloadEnvelope.defaultValue()
  value.message.payload.slotNumber = 77
  value.message.payload.blockHash = new Uint8Array(32).fill(1)
  value.message.builderIndex = 42
  value.message.beaconBlockRoot = new Uint8Array(32).fill(2)
  const bytes = ssz.gloas.SignedExecutionPayloadEnvelope.serialize(value)
  assert.deepEqual(eventOf('execution_payload', 'gloas', bytes), {
    topic: 'execution_payload_gossip',
    data: {
      slot: '77',
      builder_index: '42',
      block_hash: `0x${'01'.repeat(32)}`,
      block_root: `0x${'02'.repeat(32)}`,
    },
  })
})

test('kinds that are no event, a slashing that is too long, and bytes that are no object', () => {
  for (const kind of ['beacon_block', 'sync_committee', 'light_client_finality_update'] as const) {
    assert.equal(events.of(kind, 'fulu'), undefined)
  }
  const value = ssz.fulu.AttesterSlashing.defaultValue()
  value.attestation1.attestingIndices = Array.from({ length: 9_000 }, (_, index) => index)
  const slashing = events.of('attester_slashing', 'fulu')
  assert.equal(slashing?.toJson(ssz.fulu.AttesterSlashing.serialize(value)), undefined)
  assert.equal(slashing?.toJson(new Uint8Array(3)), undefined)
})

test('whatever the bytes are, an event is JSON or nothing', () => {
  const kinds = fc.constantFrom(...WHOLE.map(([kind, fork]) => ({ kind, fork })), {
    kind: 'data_column_sidecar' as const,
    fork: 'fulu' as const,
  })
  fc.assert(
    fc.property(kinds, fc.uint8Array({ maxLength: 700 }), ({ kind, fork }, bytes) => {
      const json = events.of(kind, fork)?.toJson(bytes)
      if (json !== undefined) JSON.parse(json)
    }),
  )
})

test('names are in snake case', () => {
  assert.deepEqual(['signedHeader1', 'fromBlsPubkey', 'slot', 'attestation2'].map(snakeCase), [
    'signed_header_1',
    'from_bls_pubkey',
    'slot',
    'attestation_2',
  ])
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { FORK_NAMES, type ForkName, isForkAtLeast } from '../../../../src/consensus/network-config.ts'
import { peekBlock, peekSlot } from '../../../../src/consensus/ssz/ssz-peek.ts'
import { GOSSIP_KINDS, type GossipKind } from '../../../../src/consensus/topic-table.ts'
import { everyTopic, gossipType } from './ssz-type-sizes.ts'

const SLOT = 13_456_789

/** Where the slot is in the value of each kind. */
const SLOT_PATHS: Partial<Record<GossipKind, readonly string[]>> = {
  beacon_block: ['message', 'slot'],
  beacon_aggregate_and_proof: ['message', 'aggregate', 'data', 'slot'],
  beacon_attestation: ['data', 'slot'],
  sync_committee_contribution_and_proof: ['message', 'contribution', 'slot'],
  sync_committee: ['slot'],
  light_client_finality_update: ['attestedHeader', 'beacon', 'slot'],
  light_client_optimistic_update: ['attestedHeader', 'beacon', 'slot'],
  blob_sidecar: ['signedBlockHeader', 'message', 'slot'],
  data_column_sidecar: ['signedBlockHeader', 'message', 'slot'],
  execution_payload_bid: ['message', 'slot'],
  execution_payload: ['message', 'payload', 'slotNumber'],
  payload_attestation_message: ['data', 'slot'],
  proposer_preferences: ['message', 'proposalSlot'],
}

function slotPath(kind: GossipKind, fork: ForkName): readonly string[] | undefined {
  return kind === 'data_column_sidecar' && isForkAtLeast(fork, 'gloas') ? ['slot'] : SLOT_PATHS[kind]
}

/** Writes into a nested plain value, checking that the path exists in the type. */
function setPath(value: Record<string, unknown>, path: readonly string[], leaf: unknown): void {
  const [key = '', ...rest] = path
  assert.ok(key in value, `the type has no ${key}`)
  if (rest.length === 0) value[key] = leaf
  else setPath(value[key] as Record<string, unknown>, rest, leaf)
}

function withSlot(kind: GossipKind, fork: ForkName, path: readonly string[]): Uint8Array {
  const type = gossipType(kind, fork)
  const value = type.defaultValue()
  setPath(value, path, SLOT)
  return type.serialize(value)
}

for (const { kind, fork } of everyTopic()) {
  const path = slotPath(kind, fork)
  if (path === undefined) {
    test(`${fork} ${kind} has no slot`, () => {
      const type = gossipType(kind, fork)
      assert.equal(peekSlot(kind, fork, type.serialize(type.defaultValue())), undefined)
    })
  } else {
    test(`${fork} ${kind}: the slot of ${path.join('.')}`, () => {
      assert.equal(peekSlot(kind, fork, withSlot(kind, fork, path)), SLOT)
    })
  }
}

test('the slot does not move when the variable parts before and behind it grow', () => {
  const type = gossipType('light_client_finality_update', 'deneb')
  const value = type.defaultValue()
  setPath(value, ['attestedHeader', 'beacon', 'slot'], SLOT)
  setPath(value, ['attestedHeader', 'execution', 'extraData'], new Uint8Array(32))
  setPath(value, ['finalizedHeader', 'execution', 'extraData'], new Uint8Array(32))
  assert.equal(peekSlot('light_client_finality_update', 'deneb', type.serialize(value)), SLOT)
})

test('the bytes may lie anywhere in a larger buffer', () => {
  const ssz = withSlot('beacon_attestation', 'fulu', ['data', 'slot'])
  const buffer = new Uint8Array(ssz.length + 7)
  buffer.set(ssz, 3)
  assert.equal(peekSlot('beacon_attestation', 'fulu', buffer.subarray(3, 3 + ssz.length)), SLOT)
})

describe('peekBlock', () => {
  for (const fork of FORK_NAMES) {
    test(`${fork}: slot, proposer and roots`, () => {
      const type = gossipType('beacon_block', fork)
      const value = type.defaultValue()
      setPath(value, ['message', 'slot'], SLOT)
      setPath(value, ['message', 'proposerIndex'], 2_345_678)
      setPath(value, ['message', 'parentRoot'], new Uint8Array(32).fill(0xab))
      setPath(value, ['message', 'stateRoot'], new Uint8Array(32).fill(0xcd))
      assert.deepEqual(peekBlock(type.serialize(value)), {
        slot: SLOT,
        proposerIndex: 2_345_678,
        parentRootHex: 'ab'.repeat(32),
        stateRootHex: 'cd'.repeat(32),
      })
    })
  }

  test('one byte short of the state root is too short', () => {
    assert.equal(peekBlock(new Uint8Array(179)), undefined)
    assert.notEqual(peekBlock(new Uint8Array(180)), undefined)
  })
})

test('property: any bytes give a number of at least 0 or undefined', () => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ minLength: 800, maxLength: 1200 }))
  fc.assert(
    fc.property(fc.constantFrom(...GOSSIP_KINDS), fc.constantFrom(...FORK_NAMES), bytes, (kind, fork, ssz) => {
      const slot = peekSlot(kind, fork, ssz)
      assert.ok(slot === undefined || (Number.isFinite(slot) && slot >= 0))
      assert.equal(peekBlock(ssz) === undefined, ssz.length < 180)
    }),
    { numRuns: 1000 },
  )
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type fulu, ssz } from '@lodestar/types'
import type { ForkName, NetworkConfig } from '../../../../src/consensus/network-config.ts'
import type { GossipName } from '../../../../src/consensus/topic-table.ts'
import { commitments, denebBlock, fuluBlock } from './block-values.ts'
import { ALL_FORKS, SLOTS_PER_EPOCH, sceneAt, slotOf } from './judge-scene.ts'
import { blobSidecar, cells, fuluColumn, gloasColumn } from './sidecar-values.ts'

function firstSlotOf(fork: ForkName): number {
  return (ALL_FORKS.forks.find(({ name }) => name === fork)?.epoch ?? Number.NaN) * SLOTS_PER_EPOCH
}

function bid(slot: number): Uint8Array {
  const value = ssz.gloas.SignedExecutionPayloadBid.defaultValue()
  value.message.slot = slot
  return ssz.gloas.SignedExecutionPayloadBid.serialize(value)
}

function envelope(slot: number): Uint8Array {
  const value = ssz.gloas.SignedExecutionPayloadEnvelope.defaultValue()
  value.message.payload.slotNumber = slot
  return ssz.gloas.SignedExecutionPayloadEnvelope.serialize(value)
}

interface Misplaced {
  readonly topic: GossipName
  readonly topicOf: ForkName
  /** Of an object about a slot. */
  readonly make: (slot: number) => Uint8Array
  /** The fork at whose first slot it comes. */
  readonly boundary: ForkName
  /** Slots from that one to the slot that the object is about. */
  readonly offset: 0 | -1
}

const block = (slot: number): Uint8Array => ssz.fulu.SignedBeaconBlock.serialize(fuluBlock(slot))
const oldBlock = (slot: number): Uint8Array => ssz.deneb.SignedBeaconBlock.serialize(denebBlock(slot))
const blob = (slot: number): Uint8Array => ssz.deneb.BlobSidecar.serialize(blobSidecar(slot, 2))
const column = (slot: number): Uint8Array => ssz.fulu.DataColumnSidecar.serialize(fuluColumn(slot, 7))
const lateColumn = (slot: number): Uint8Array => ssz.gloas.DataColumnSidecar.serialize(gloasColumn(slot, 7))
const COLUMNS = 'data_column_sidecar_7'

/** Well-formed objects, each of the fork of its topic but not of its time. */
const MISPLACED: readonly Misplaced[] = [
  { topic: 'beacon_block', topicOf: 'deneb', make: oldBlock, boundary: 'electra', offset: 0 },
  { topic: 'beacon_block', topicOf: 'fulu', make: block, boundary: 'fulu', offset: -1 },
  { topic: 'blob_sidecar_2', topicOf: 'deneb', make: blob, boundary: 'electra', offset: 0 },
  { topic: 'blob_sidecar_2', topicOf: 'electra', make: blob, boundary: 'electra', offset: -1 },
  { topic: COLUMNS, topicOf: 'fulu', make: column, boundary: 'fulu', offset: -1 },
  { topic: COLUMNS, topicOf: 'fulu', make: column, boundary: 'gloas', offset: 0 },
  { topic: COLUMNS, topicOf: 'gloas', make: lateColumn, boundary: 'gloas', offset: -1 },
  { topic: 'execution_payload_bid', topicOf: 'gloas', make: bid, boundary: 'gloas', offset: -1 },
  { topic: 'execution_payload', topicOf: 'gloas', make: envelope, boundary: 'gloas', offset: -1 },
]

for (const { topic, topicOf, make, boundary, offset } of MISPLACED) {
  test(`${topic} of ${topicOf}: ignored about a slot ${offset === 0 ? 'of' : 'before'} ${boundary}`, () => {
    const slot = firstSlotOf(boundary)
    const verdict = sceneAt(slot, 100)
      .judgeOf(topic, topicOf)
      .judgeUnverified(make(slot + offset))
    assert.deepEqual(verdict, { action: 'ignore', reason: 'other_digest' })
  })
}

test('a column of more blobs than the digest before allowed is not held against who sends it there', () => {
  const slot = slotOf('fulu')
  const epoch = Math.floor(slot / SLOTS_PER_EPOCH)
  const network: NetworkConfig = { ...ALL_FORKS, blobSchedule: [{ epoch, maxBlobsPerBlock: 12 }] }
  const value: fulu.DataColumnSidecar = {
    ...fuluColumn(slot, 7),
    column: cells(12),
    kzgCommitments: commitments(12),
    kzgProofs: commitments(12),
  }
  // The first digest of the fork, which allows 9.
  const judge = sceneAt(slot, 100, { network }).judgeOf('data_column_sidecar_7', 'fulu')
  const verdict = judge.judgeUnverified(ssz.fulu.DataColumnSidecar.serialize(value))
  assert.deepEqual(verdict, { action: 'ignore', reason: 'other_digest' })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BitArray } from '@chainsafe/ssz'
import { ssz } from '@lodestar/types'
import type { ForkName } from '../../../../src/consensus/network-config.ts'
import type { GossipName } from '../../../../src/consensus/topic-table.ts'
import { denebBlock, fuluBlock } from './block-values.ts'
import { SLOTS_PER_EPOCH, sceneAt, slotOf } from './judge-scene.ts'
import { proveExecution } from './light-client-values.ts'
import { blobSidecar, fuluColumn, gloasColumn } from './sidecar-values.ts'

function envelope(slot: number): Uint8Array {
  const value = ssz.gloas.SignedExecutionPayloadEnvelope.defaultValue()
  value.message.payload.slotNumber = slot
  return ssz.gloas.SignedExecutionPayloadEnvelope.serialize(value)
}

function update(slot: number): Uint8Array {
  const value = ssz.fulu.LightClientOptimisticUpdate.defaultValue()
  value.attestedHeader.beacon.slot = slot
  proveExecution(value.attestedHeader)
  value.syncAggregate.syncCommitteeBits = BitArray.fromSingleBit(512, 0)
  value.signatureSlot = slot + 1
  return ssz.fulu.LightClientOptimisticUpdate.serialize(value)
}

/** An object about a slot, by topic and fork. */
const OBJECTS: readonly (readonly [GossipName, ForkName, (slot: number) => Uint8Array])[] = [
  ['beacon_block', 'deneb', (slot) => ssz.deneb.SignedBeaconBlock.serialize(denebBlock(slot))],
  ['beacon_block', 'fulu', (slot) => ssz.fulu.SignedBeaconBlock.serialize(fuluBlock(slot))],
  ['blob_sidecar_2', 'deneb', (slot) => ssz.deneb.BlobSidecar.serialize(blobSidecar(slot, 2))],
  ['data_column_sidecar_7', 'fulu', (slot) => ssz.fulu.DataColumnSidecar.serialize(fuluColumn(slot, 7))],
  ['data_column_sidecar_7', 'gloas', (slot) => ssz.gloas.DataColumnSidecar.serialize(gloasColumn(slot, 7))],
  ['execution_payload', 'gloas', envelope],
  ['light_client_optimistic_update', 'fulu', update],
]

for (const [topic, fork, make] of OBJECTS) {
  test(`${topic} of ${fork}: what is older than two epochs need not be verified`, () => {
    const now = slotOf(fork)
    const oldest = now - (now % SLOTS_PER_EPOCH) - 2 * SLOTS_PER_EPOCH
    const judge = sceneAt(now).judgeOf(topic, fork)
    assert.equal(judge.examine(make(oldest)).action, 'pass')
    assert.deepEqual(judge.examine(make(oldest - 1)), { action: 'ignore', reason: 'past_slot' })
  })
}

/** Blocks, columns and updates with the sizes of the minimal preset, which the library must have been loaded with. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BitArray } from '@chainsafe/ssz'
import { ACTIVE_PRESET } from '@lodestar/params'
import { ssz } from '@lodestar/types'
import type { NetworkConfig } from '../../../../src/consensus/network-config.ts'
import type { GossipName } from '../../../../src/consensus/topic-table.ts'
import { fuluBlock, secondsAt } from './block-values.ts'
import { ALL_FORKS, EPOCHS_OF_FORK, sceneAt } from './judge-scene.ts'
import { proveExecution } from './light-client-values.ts'
import { fuluColumn } from './sidecar-values.ts'
import type { VerdictText } from './verdict-cases.ts'

const SLOTS_PER_EPOCH = 8
const MINIMAL: NetworkConfig = { ...ALL_FORKS, preset: 'minimal', slotsPerEpoch: SLOTS_PER_EPOCH }
/** Five slots into the fourth epoch of Fulu. */
const SLOT = (6 * EPOCHS_OF_FORK + 3) * SLOTS_PER_EPOCH + 5

function block(withdrawals: number, timestamp: number): Uint8Array {
  const value = fuluBlock(SLOT)
  const { executionPayload } = value.message.body
  executionPayload.timestamp = timestamp
  executionPayload.withdrawals = new Array(withdrawals).fill(ssz.capella.Withdrawal.defaultValue())
  return ssz.fulu.SignedBeaconBlock.serialize(value)
}

function update(participants: number[]): Uint8Array {
  const value = ssz.fulu.LightClientOptimisticUpdate.defaultValue()
  value.attestedHeader.beacon.slot = SLOT - 1
  proveExecution(value.attestedHeader)
  value.signatureSlot = SLOT
  value.syncAggregate.syncCommitteeBits = BitArray.fromBitLen(32)
  for (const bit of participants) value.syncAggregate.syncCommitteeBits.set(bit, true)
  return ssz.fulu.LightClientOptimisticUpdate.serialize(value)
}

const COLUMN = ssz.fulu.DataColumnSidecar.serialize(fuluColumn(SLOT, 9))
const UPDATES = 'light_client_optimistic_update'
const CASES: Readonly<Record<string, readonly [GossipName, Uint8Array, VerdictText]>> = {
  'a block of 4 withdrawals': ['beacon_block', block(4, secondsAt(SLOT)), 'accept'],
  'a block of another time': ['beacon_block', block(4, secondsAt(SLOT + 1)), 'reject bad_timestamp'],
  'a column': ['data_column_sidecar_9', COLUMN, 'accept'],
  'a column on another subnet': ['data_column_sidecar_10', COLUMN, 'reject wrong_subnet'],
  'an update signed by the last member': [UPDATES, update([31]), 'accept'],
  'an update signed by nobody': [UPDATES, update([]), 'reject no_participants'],
}

export function holdMinimalObjects(): void {
  test('the library runs the preset', () => {
    assert.equal(ACTIVE_PRESET, 'minimal')
  })
  for (const [name, [topic, bytes, verdict]] of Object.entries(CASES)) {
    test(`minimal preset: ${name}`, () => {
      const result = sceneAt(SLOT, 1000, { network: MINIMAL }).judgeOf(topic, 'fulu').judgeUnverified(bytes)
      assert.equal(result.action === 'accept' ? 'accept' : `${result.action} ${result.reason}`, verdict)
    })
  }
}

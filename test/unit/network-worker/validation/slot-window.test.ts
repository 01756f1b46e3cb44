import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import type { GossipName } from '../../../../src/consensus/topic-table.ts'
import { judge, NETWORK, slotStartMs } from './blind-check-scene.ts'

/** Real objects of a slot, by the topic they come on: the slot must be found in each. */
const OBJECTS: Readonly<Partial<Record<GossipName, (slot: number) => Uint8Array>>> = {
  beacon_aggregate_and_proof: (slot) => {
    const value = ssz.electra.SignedAggregateAndProof.defaultValue()
    value.message.aggregate.data.slot = slot
    return ssz.electra.SignedAggregateAndProof.serialize(value)
  },
  sync_committee_contribution_and_proof: (slot) => {
    const value = ssz.altair.SignedContributionAndProof.defaultValue()
    value.message.contribution.slot = slot
    return ssz.altair.SignedContributionAndProof.serialize(value)
  },
  data_column_sidecar_5: (slot) => {
    const value = ssz.fulu.DataColumnSidecar.defaultValue()
    value.signedBlockHeader.message.slot = slot
    return ssz.fulu.DataColumnSidecar.serialize(value)
  },
}
/** Slots of the past that are still accepted at slot 5 of epoch 5. */
const OLDEST: Readonly<Partial<Record<GossipName, number>>> = {
  beacon_aggregate_and_proof: 4 * NETWORK.slotsPerEpoch,
  sync_committee_contribution_and_proof: 5 * NETWORK.slotsPerEpoch + 4,
  data_column_sidecar_5: 3 * NETWORK.slotsPerEpoch,
}
const NOW_SLOT = 5 * NETWORK.slotsPerEpoch + 5

for (const [name, make] of Object.entries(OBJECTS) as [GossipName, (slot: number) => Uint8Array][]) {
  test(`${name}: accepted from its oldest slot to the current one, ignored outside`, () => {
    const oldest = OLDEST[name] ?? Number.NaN
    const now = slotStartMs(NOW_SLOT)
    assert.deepEqual(judge(name, make(NOW_SLOT), now), { action: 'accept' })
    assert.deepEqual(judge(name, make(NOW_SLOT + 1), now), { action: 'ignore', reason: 'future_slot' })
    assert.deepEqual(judge(name, make(oldest), now), { action: 'accept' })
    assert.deepEqual(judge(name, make(oldest - 1), now), { action: 'ignore', reason: 'past_slot' })
  })
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import { createForkSchedule } from '../../../../src/consensus/fork-schedule.ts'
import { createSlotClock } from '../../../../src/consensus/slot-clock.ts'
import { formatTopic, parseTopic } from '../../../../src/consensus/topic.ts'
import type { GossipName } from '../../../../src/consensus/topic-table.ts'
import { TierZero } from '../../../../src/network-worker/validation/tier-zero.ts'
import type { Verdict } from '../../../../src/network-worker/validation/verdict.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { fuluBlock } from './block-values.ts'
import { ALL_FORKS, slotOf } from './judge-scene.ts'
import { fuluColumn } from './sidecar-values.ts'

const SLOT = slotOf('fulu')

/** The verdict in `slot` when `finalizedSlot` is the start of the finalized epoch. */
function verdictOn(name: GossipName, bytes: Uint8Array, finalizedSlot: number, slot = SLOT): Verdict {
  const clock = new FakeClock(ALL_FORKS.genesisTimeSeconds * 1000 + slot * ALL_FORKS.slotDurationMs)
  const schedule = createForkSchedule(ALL_FORKS)
  const slotClock = createSlotClock(ALL_FORKS, clock)
  const tierZero = new TierZero({
    network: ALL_FORKS,
    schedule,
    slotClock,
    nowMs: () => clock.nowMs(),
    finalizedSlot: () => finalizedSlot,
    activeValidators: () => null,
  })
  const entry = schedule.at(slotClock.epochOfSlot(slot))
  const parsed = parseTopic(formatTopic(entry.digestHex, name))
  assert.ok(parsed !== undefined)
  return tierZero.judgeOf({ parsed, entry }).judgeUnverified(bytes)
}

test('blocks and columns are of slots after the finalized one', () => {
  const objects = [
    ['beacon_block', ssz.fulu.SignedBeaconBlock.serialize(fuluBlock(SLOT))],
    ['data_column_sidecar_3', ssz.fulu.DataColumnSidecar.serialize(fuluColumn(SLOT, 3))],
  ] as const
  for (const [name, bytes] of objects) {
    assert.deepEqual(verdictOn(name, bytes, SLOT - 1), { action: 'accept' })
    assert.deepEqual(verdictOn(name, bytes, SLOT), { action: 'ignore', reason: 'finalized_slot' })
  }
})

test('payloads may be of the finalized slot itself', () => {
  const slot = slotOf('gloas')
  const value = ssz.gloas.SignedExecutionPayloadEnvelope.defaultValue()
  value.message.payload.slotNumber = slot
  const bytes = ssz.gloas.SignedExecutionPayloadEnvelope.serialize(value)
  assert.deepEqual(verdictOn('execution_payload', bytes, slot, slot), { action: 'accept' })
  assert.deepEqual(verdictOn('execution_payload', bytes, slot + 1, slot), {
    action: 'ignore',
    reason: 'finalized_slot',
  })
})

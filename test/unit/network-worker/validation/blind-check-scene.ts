import assert from 'node:assert/strict'
import { createForkSchedule } from '../../../../src/consensus/fork-schedule.ts'
import type { NetworkConfig } from '../../../../src/consensus/network-config.ts'
import { createSlotClock } from '../../../../src/consensus/slot-clock.ts'
import { formatTopic, parseTopic } from '../../../../src/consensus/topic.ts'
import type { GossipName } from '../../../../src/consensus/topic-table.ts'
import { createBlindChecks } from '../../../../src/network-worker/validation/blind-checks.ts'
import type { Verdict } from '../../../../src/network-worker/validation/verdict.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { smallNetwork } from '../small-network.ts'

/** Fulu with a change of blob parameters, thus of digest, at epoch 10. */
export const NETWORK: NetworkConfig = smallNetwork({ blobSchedule: [{ epoch: 10, maxBlobsPerBlock: 12 }] })
export const BOUNDARY_EPOCH = 10
const GENESIS_MS = NETWORK.genesisTimeSeconds * 1000

/** Starts of slots in wall time. */
export function slotStartMs(slot: number): number {
  return GENESIS_MS + slot * NETWORK.slotDurationMs
}

/**
 * The verdict on `ssz` that came at `nowMs` on the topic `name` under the digest of `digestEpoch`.
 */
export function judge(name: GossipName, ssz: Uint8Array, nowMs: number, digestEpoch = 0): Verdict {
  const clock = new FakeClock(nowMs)
  const schedule = createForkSchedule(NETWORK)
  const entry = schedule.at(digestEpoch)
  const topic = formatTopic(entry.digestHex, name)
  const parsed = parseTopic(topic)
  assert.ok(parsed !== undefined)
  const check = createBlindChecks({
    slotClock: createSlotClock(NETWORK, clock),
    schedule,
    slotsPerEpoch: NETWORK.slotsPerEpoch,
    nowMs: () => clock.nowMs(),
  })
  return check({ topic, parsed, entry, minSszBytes: 0, maxSszBytes: 1e9, policy: 'blind' }, ssz)
}

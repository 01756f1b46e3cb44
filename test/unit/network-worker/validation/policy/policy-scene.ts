/** The check of a topic under a policy: real tier 0, book and watch, and a verifier whose word is the test's. */
import assert from 'node:assert/strict'
import { ssz } from '@lodestar/types'
import type { ValidationPolicy } from '../../../../../src/config/validation-choice.ts'
import { createForkSchedule } from '../../../../../src/consensus/fork-schedule.ts'
import { createSlotClock } from '../../../../../src/consensus/slot-clock.ts'
import { formatTopic, parseTopic } from '../../../../../src/consensus/topic.ts'
import type { GossipName } from '../../../../../src/consensus/topic-table.ts'
import type { Held, Incoming } from '../../../../../src/network-worker/gossip/topic-rules.ts'
import { CorroborationBook } from '../../../../../src/network-worker/validation/policy/corroboration-book.ts'
import { NO_VERIFIER } from '../../../../../src/network-worker/validation/policy/no-verifier.ts'
import { policyCheck } from '../../../../../src/network-worker/validation/policy/policy-check.ts'
import { SlotWatch } from '../../../../../src/network-worker/validation/policy/slot-watch.ts'
import { TrackRecord } from '../../../../../src/network-worker/validation/policy/track-record.ts'
import type { Verdict } from '../../../../../src/network-worker/validation/verdict.ts'
import type { Verification, Verifier } from '../../../../../src/network-worker/validation/verify/verifier.ts'
import { fuluBlock } from '../block-values.ts'
import { ALL_FORKS, SLOTS_PER_EPOCH, sceneAt, slotOf } from '../judge-scene.ts'
import { PEERS } from './peers-by-name.ts'

/** Two epochs before the end of the fork. */
export const SLOT = slotOf('fulu') - 2 * SLOTS_PER_EPOCH

/** Verifies everything alike, when the test says so. */
export function verifierOf(answer: Verification | Promise<Verification>, provesClaim = true): Verifier {
  return {
    expect: () => undefined,
    prospect: () => 'open',
    verify: async () => answer,
    provesClaim: () => provesClaim,
  }
}

/** The serialisation of a block of fulu. */
export function blockOf(slot: number, proposerIndex: number, graffiti = 0): Uint8Array {
  const block = fuluBlock(slot)
  block.message.proposerIndex = proposerIndex
  block.message.body.graffiti = new Uint8Array(32).fill(graffiti)
  return ssz.fulu.SignedBeaconBlock.serialize(block)
}

/** `old`: peers that have been connected for long. */
export function policyScene(verifier: Verifier = NO_VERIFIER, old: ReadonlySet<string> = new Set()) {
  const { clock, tierZero } = sceneAt(SLOT, 100)
  const schedule = createForkSchedule(ALL_FORKS)
  const slotClock = createSlotClock(ALL_FORKS, clock)
  const book = new CorroborationBook({ clock, peers: PEERS })
  const watch = new SlotWatch({ slotsPerEpoch: ALL_FORKS.slotsPerEpoch, currentSlot: () => slotClock.currentSlot() })
  const records = new TrackRecord({
    isNew: (peerId) => !old.has(peerId),
    currentSlot: () => slotClock.currentSlot(),
    isDisputed: (slot) => watch.isDisputed(slot),
    isBelieved: (peerId) => PEERS.bypasses(peerId),
  })
  const deps = { tierZero, verifier, book, watch, records, peers: PEERS, corroborationTimeMs: 4000 }
  const entry = schedule.entries.find(({ fork }) => fork === 'fulu')
  assert.ok(entry !== undefined)
  let messages = 0

  const checkOf = (name: GossipName, policy: ValidationPolicy) => {
    const topic = formatTopic(entry.digestHex, name)
    const parsed = parseTopic(topic)
    assert.ok(parsed !== undefined)
    const check = policyCheck(deps, { topic, parsed, entry, minSszBytes: 0, maxSszBytes: 1e9, policy })
    /** A message from a peer, each with an id of its own: `1`, `2` and so on. */
    return (payload: Uint8Array, fromId: string, copies?: Incoming['copies']): Verdict | Promise<Verdict> | Held => {
      messages++
      return check(payload, `${messages}`, { fromId, copies, sizeBytes: payload.length })
    }
  }
  return { clock, book, watch, checkOf }
}

/** What a check said: `accept`, `ignore slot_cap`, `promise`, `hold`. */
export function textOf(answer: Verdict | Promise<Verdict> | Held): string {
  if (answer instanceof Promise) return 'promise'
  if (answer.action === 'accept' || answer.action === 'hold') return answer.action
  return `${answer.action} ${answer.reason}`
}

/** What became of it in the end. */
export async function settled(answer: Verdict | Promise<Verdict> | Held): Promise<string> {
  return textOf('settled' in answer ? await answer.settled : await answer)
}

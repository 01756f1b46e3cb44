/** The check of a topic under a policy: real tier 0, book and watch, and a verifier whose word is the test's. */
import assert from 'node:assert/strict'
import { ssz } from '@lodestar/types'
import type { ValidationPolicy } from '../../../../../src/config/validation-choice.ts'
import { createForkSchedule } from '../../../../../src/consensus/fork-schedule.ts'
import { createSlotClock } from '../../../../../src/consensus/slot-clock.ts'
import { formatTopic, parseTopic } from '../../../../../src/consensus/topic.ts'
import type { GossipName } from '../../../../../src/consensus/topic-table.ts'
import type { Held, Incoming } from '../../../../../src/network-worker/gossip/topics/topic-rules.ts'
import { CopyWatch } from '../../../../../src/network-worker/validation/policy/copy-watch.ts'
import { CorroborationBook } from '../../../../../src/network-worker/validation/policy/corroboration-book.ts'
import { NO_VERIFIER } from '../../../../../src/network-worker/validation/policy/no-verifier.ts'
import { policyCheck } from '../../../../../src/network-worker/validation/policy/policy-check.ts'
import { SlotWatch } from '../../../../../src/network-worker/validation/policy/slot-watch.ts'
import { TrackRecord } from '../../../../../src/network-worker/validation/policy/track-record.ts'
import { VoteConduct } from '../../../../../src/network-worker/validation/policy/vote-conduct.ts'
import { VouchedIds } from '../../../../../src/network-worker/validation/policy/vouched-ids.ts'
import type { Verdict } from '../../../../../src/network-worker/validation/verdict.ts'
import type { Verification, Verifier } from '../../../../../src/network-worker/validation/verify/verifier.ts'
import { fuluBlock } from '../block-values.ts'
import { ALL_FORKS, SLOTS_PER_EPOCH, sceneAt, slotOf } from '../judge-scene.ts'
import { PEERS } from './peers-by-name.ts'

/** Two epochs before the end of the fork. */
export const SLOT = slotOf('fulu') - 2 * SLOTS_PER_EPOCH

/** Two epochs. */
export const SUSPICION_MS = 2 * SLOTS_PER_EPOCH * ALL_FORKS.slotDurationMs

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

/** `connected`: slots in which peers connected; others have just done so. */
export function policyScene(verifier: Verifier = NO_VERIFIER, connected: Readonly<Record<string, number>> = {}) {
  const { clock, tierZero } = sceneAt(SLOT, 100)
  const schedule = createForkSchedule(ALL_FORKS)
  const slotClock = createSlotClock(ALL_FORKS, clock)
  const book = new CorroborationBook({ clock, peers: PEERS })
  const { slotsPerEpoch } = ALL_FORKS
  const currentSlot = (): number => slotClock.currentSlot()
  const watch = new SlotWatch({ slotsPerEpoch, currentSlot })
  const records = new TrackRecord({
    slotsPerEpoch,
    currentSlot,
    isBelieved: (peerId) => PEERS.bypasses(peerId),
    connectedSlot: (peerId) => connected[peerId] ?? currentSlot(),
  })
  const vouched = new VouchedIds()
  const conduct = new VoteConduct({ clock, suspicionMs: SUSPICION_MS, random: () => 0.5 })
  const inFront = new CopyWatch()
  /** Votes that went on and were found to be forged: id and who is to pay. */
  const forged: [msgId: string, guilty: readonly string[]][] = []
  const deps = {
    ...{ tierZero, verifier, book, watch, records, vouched, conduct, inFront },
    ...{ peers: PEERS, corroborationTimeMs: 4000 },
  }
  const entry = schedule.entries.find(({ fork }) => fork === 'fulu')
  assert.ok(entry !== undefined)
  let messages = 0

  const checkOf = (name: GossipName, policy: ValidationPolicy) => {
    const topic = formatTopic(entry.digestHex, name)
    const parsed = parseTopic(topic)
    assert.ok(parsed !== undefined)
    const context = { topic, parsed, entry, minSszBytes: 0, maxSszBytes: 1e9, policy }
    const check = policyCheck(deps, context, (msgId, guilty) => void forged.push([msgId, guilty]))
    /** A message from a peer, each with an id of its own: `1`, `2` and so on. */
    return (payload: Uint8Array, fromId: string, copies?: Incoming['copies']): Verdict | Promise<Verdict> | Held => {
      messages++
      const lent = new Uint8Array(payload)
      const answer = check(lent, `${messages}`, { fromId, copies, sizeBytes: payload.length })
      lent.fill(0)
      return answer
    }
  }
  /** As when a block was hashed: messages are told apart by their ids, and so are roots here. */
  const hashed = (msgId: string, slot: number, parent: string): void =>
    records.onHashed(msgId, { slot, root: msgId, parentRoot: parent })
  /** A copy of any message, as the router tells it. */
  const copied = (msgId: string, from: string): void => {
    inFront.onCopy(msgId, from)
    book.onCopy(msgId, from)
  }
  return { clock, book, watch, vouched, conduct, inFront, forged, hashed, copied, checkOf }
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

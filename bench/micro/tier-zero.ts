/** What layout, rules and claims take of the network thread, for messages that pass. Compare only figures of one run. */
import { performance } from 'node:perf_hooks'
import { createForkSchedule } from '../../src/consensus/fork-schedule.ts'
import { networkByName } from '../../src/consensus/networks.ts'
import { createSlotClock } from '../../src/consensus/slot-clock.ts'
import { formatTopic, parseTopic } from '../../src/consensus/topic.ts'
import type { GossipName } from '../../src/consensus/topic-table.ts'
import { TierZero, type TopicJudge } from '../../src/network-worker/validation/tier-zero.ts'
import { systemClock } from '../../src/shared/clock.ts'
import type { PayloadShape } from '../../test/support/go-payload.ts'
import { blockShape, columnShape } from '../payloads/proposals.ts'
import { stampedPayload } from '../payloads/stamped-payload.ts'
import { aggregateShape, attestationShape, syncMessageShape } from '../payloads/votes.ts'
import { median } from '../statistics.ts'

const BLOCK_BYTES = 120_000
const BLOBS = 14
/** Of mainnet, so that committees are told from each other. */
const ACTIVE_VALIDATORS = 1_050_000
/** Slots that are measured, and those before them in which code is compiled. */
const SLOTS = 60
const WARMUP_SLOTS = 30
/** Into a slot. */
const AT_MS = 4_000

interface Case {
  readonly name: string
  readonly gossipName: GossipName
  readonly perSlot: number
  /** The shape of a slot's messages. */
  readonly shapeOf: () => PayloadShape
}

const network = networkByName('mainnet')
const schedule = createForkSchedule(network)
const slotClock = createSlotClock(network, systemClock)

function cases(): readonly Case[] {
  const always = (shape: PayloadShape) => () => shape
  return [
    { name: 'attestation', gossipName: 'beacon_attestation_3', perSlot: 500, shapeOf: always(attestationShape()) },
    { name: 'aggregate', gossipName: 'beacon_aggregate_and_proof', perSlot: 500, shapeOf: always(aggregateShape()) },
    { name: 'sync message', gossipName: 'sync_committee_1', perSlot: 128, shapeOf: always(syncMessageShape()) },
    { name: 'block of 120 kB', gossipName: 'beacon_block', perSlot: 1, shapeOf: always(blockShape(BLOCK_BYTES, 1)) },
    {
      ...{ name: 'column of 14 blobs, a new header', gossipName: 'data_column_sidecar_5', perSlot: 1 },
      shapeOf: () => columnShape(BLOBS, 1),
    },
    {
      ...{ name: 'column of 14 blobs, commitments known', gossipName: 'data_column_sidecar_6', perSlot: 1 },
      shapeOf: always(columnShape(BLOBS, 1)),
    },
  ]
}

/** Runs the bench. @throws Error when a message does not pass */
export function runTierZeroBench(): void {
  const entry = schedule.entries.findLast(({ fork }) => fork === 'fulu')
  if (entry === undefined) throw new Error('mainnet has no Fulu')
  process.stdout.write('\ntier 0, µs of a message that passes\n')
  for (const one of cases()) {
    const parsed = parseTopic(formatTopic(entry.digestHex, one.gossipName))
    if (parsed === undefined) throw new Error(`no topic ${one.gossipName}`)
    let slot = slotClock.slotAtMs(slotClock.epochStartMs(entry.epoch))
    const nowMs = (): number => slotClock.slotStartMs(slot) + AT_MS
    const judge = new TierZero({
      ...{ network, schedule, slotClock, nowMs },
      ...{ finalizedSlot: () => 0, activeValidators: () => ACTIVE_VALIDATORS },
    }).judgeOf({ parsed, entry })
    const took: number[] = []
    for (let nth = 0; nth < WARMUP_SLOTS + SLOTS; nth++, slot++) took.push(microsecondsEach(one, judge, slot))
    report(one.name, took.slice(WARMUP_SLOTS))
  }
}

/** The mean over a slot's messages. */
function microsecondsEach({ name, gossipName, perSlot, shapeOf }: Case, judge: TopicJudge, slot: number): number {
  const shape = shapeOf()
  const slotStartSeconds = slotClock.slotStartMs(slot) / 1000
  const messages = Array.from({ length: perSlot }, (_, turn) =>
    stampedPayload(shape, { slot, slotStartSeconds, gossipName, turn, serial: slot * perSlot + turn }),
  )
  const startMs = performance.now()
  for (const message of messages) {
    const verdict = judge.judgeUnverified(message)
    if (verdict.action !== 'accept') throw new Error(`${name}: ${verdict.reason}`)
  }
  return (1000 * (performance.now() - startMs)) / messages.length
}

function report(name: string, took: readonly number[]): void {
  const [usual, most] = [median(took), Math.max(...took)].map((value) => value.toFixed(1).padStart(8))
  process.stdout.write(`${name.padEnd(40)} median ${usual}  highest mean of a slot ${most}\n`)
}

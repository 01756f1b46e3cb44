import assert from 'node:assert/strict'
import { committeesPerSlot } from '../../../../src/consensus/committees.ts'
import { createForkSchedule, type ForkSchedule } from '../../../../src/consensus/fork-schedule.ts'
import { FORK_NAMES, type ForkName, type NetworkConfig, presetOf } from '../../../../src/consensus/network-config.ts'
import { createSlotClock } from '../../../../src/consensus/slot-clock.ts'
import { formatTopic, parseTopic } from '../../../../src/consensus/topic.ts'
import type { GossipName } from '../../../../src/consensus/topic-table.ts'
import { TierZero, type TopicJudge } from '../../../../src/network-worker/validation/tier-zero.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

/** Each fork has so many epochs, the last all that follow. */
export const EPOCHS_OF_FORK = 4
/** Mainnet's, with the sizes of its preset. */
export const SLOTS_PER_EPOCH = 32
const SLOT_DURATION_MS = 2000
const GENESIS_TIME_SECONDS = 1_700_000_000

/** A network that goes through all forks. */
export const ALL_FORKS: NetworkConfig = {
  name: 'all-forks',
  genesisTimeSeconds: GENESIS_TIME_SECONDS,
  genesisValidatorsRootHex: '5a'.repeat(32),
  slotDurationMs: SLOT_DURATION_MS,
  slotsPerEpoch: SLOTS_PER_EPOCH,
  forks: FORK_NAMES.map((name, index) => ({
    name,
    versionHex: `${index + 1}0000078`,
    epoch: index * EPOCHS_OF_FORK,
  })),
  blobSchedule: [],
  maxBlobsPerBlockDeneb: 6,
  maxBlobsPerBlockElectra: 9,
  bootnodes: [],
}

/** A slot in the middle of an epoch, three epochs into a fork, so that the epochs before are the fork's too. */
export function slotOf(fork: ForkName): number {
  return (FORK_NAMES.indexOf(fork) * EPOCHS_OF_FORK + 3) * SLOTS_PER_EPOCH + 5
}

export interface JudgeScene {
  readonly clock: FakeClock
  readonly tierZero: TierZero
  readonly schedule: ForkSchedule
  /** The judge of a topic of a fork. */
  judgeOf(name: GossipName, fork: ForkName): TopicJudge
}

export interface SceneOptions {
  readonly network?: NetworkConfig
  readonly activeValidators?: number
  /** Votes that fit so many validators which came before; enough to go by, when absent. */
  readonly votesBefore?: number
}

/** Lets votes come that fit so many validators. */
function bearOut(tierZero: TierZero, network: NetworkConfig, validators: number, votes: number): void {
  const { slotsPerEpoch } = network
  const committees = committeesPerSlot({ preset: presetOf(network), slotsPerEpoch, validators })
  for (let i = 0; i < votes; i++) tierZero.committees.note(committees, true)
}

/** Judges at a moment: `offsetMs` after the start of `slot`. */
export function sceneAt(slot: number, offsetMs = 0, options: SceneOptions = {}): JudgeScene {
  const { network = ALL_FORKS, activeValidators = null, votesBefore = 64 } = options
  const clock = new FakeClock(network.genesisTimeSeconds * 1000 + slot * network.slotDurationMs + offsetMs)
  const schedule = createForkSchedule(network)
  const tierZero = new TierZero({
    network,
    schedule,
    slotClock: createSlotClock(network, clock),
    nowMs: () => clock.nowMs(),
    finalizedSlot: () => 0,
    activeValidators: () => activeValidators,
  })
  if (activeValidators !== null) bearOut(tierZero, network, activeValidators, votesBefore)
  return {
    clock,
    tierZero,
    schedule,
    judgeOf: (name, fork) => {
      const entry = schedule.entries.find((candidate) => candidate.fork === fork)
      assert.ok(entry !== undefined, `${fork} is scheduled`)
      const parsed = parseTopic(formatTopic(entry.digestHex, name))
      assert.ok(parsed !== undefined)
      return tierZero.judgeOf({ parsed, entry })
    },
  }
}

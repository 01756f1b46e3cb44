/**
 * What a message alone can be held against: its layout, the rules of its kind, and what has been seen. A topic's judge
 * is made when the topic is joined, so that nothing of it is looked up for each message.
 */
import { committeesPerSlot } from '../../consensus/committees.ts'
import type { DigestEntry, ForkSchedule } from '../../consensus/fork-schedule.ts'
import { type NetworkConfig, type PresetName, presetOf } from '../../consensus/network-config.ts'
import type { SlotClock } from '../../consensus/slot-clock.ts'
import { isValidLayout } from '../../consensus/ssz/ssz-layout.ts'
import { gossipType } from '../../consensus/ssz-types/gossip-types.ts'
import type { ParsedTopic } from '../../consensus/topic.ts'
import type { Clock } from '../../shared/clock.ts'
import type { Chain } from '../chain/chain.ts'
import { CHECKS } from './checks/check-table.ts'
import type { CheckResult, Passed } from './checks/rule.ts'
import type { CheckScene } from './checks/scene.ts'
import { ClaimBook, type TopicClaims } from './claims.ts'
import { MAXIMUM_GOSSIP_CLOCK_DISPARITY_MS } from './clock-disparity.ts'
import { CommitteeEvidence, checkByEvidence } from './committee-evidence.ts'
import { ACCEPT, IGNORE_REASONS, type IgnoreReason, type Refusal, type Verdict } from './verdict.ts'

export interface TierZeroDeps {
  readonly network: NetworkConfig
  readonly schedule: ForkSchedule
  readonly slotClock: SlotClock
  /** Wall time, ms since the Unix epoch. */
  readonly nowMs: () => number
  /** Start slot of the finalized epoch, 0 while unknown. */
  readonly finalizedSlot: () => number
  /** About how many validators are active; null while nobody said. */
  readonly activeValidators: () => number | null
}

/** What a judge must know of a topic: its name and the entry of the schedule that its digest is of. */
export interface JudgedTopic {
  readonly parsed: ParsedTopic
  readonly entry: DigestEntry
}

/** Judges the messages of one topic. Nothing throws, whatever the bytes are. */
export interface TopicJudge {
  readonly claims: TopicClaims
  /** Layout and rules. Takes no claim: for those who verify what passed before they let it go on. */
  examine(ssz: Uint8Array): CheckResult
  /** What passed goes on unverified, as far as its claim lets it; the claim counts it. */
  admit(passed: Passed): Verdict
  /** Both at once. */
  judgeUnverified(ssz: Uint8Array): Verdict
}

/** Tier 0 of all topics of a network. */
export class TierZero {
  readonly #deps: TierZeroDeps
  readonly #preset: PresetName
  readonly #book: ClaimBook
  /** What votes say of the number of committees: on all topics together. */
  readonly committees = new CommitteeEvidence()

  constructor(deps: TierZeroDeps) {
    const { network, slotClock } = deps
    this.#deps = deps
    this.#preset = presetOf(network)
    this.#book = new ClaimBook({
      preset: this.#preset,
      slotsPerEpoch: network.slotsPerEpoch,
      currentSlot: () => slotClock.slotAtMs(deps.nowMs()),
    })
  }

  /** The judge of a topic, to be made once. */
  judgeOf(topic: JudgedTopic): TopicJudge {
    const { kind } = topic.parsed.spec
    const { fork } = topic.entry
    const type = gossipType(kind, fork, this.#preset)
    const scene = createScene(this.#deps, topic)
    const examineLaidOut = checkByEvidence(CHECKS[kind](fork, this.#preset), scene, this.committees)
    const claims = this.#book.ofTopic(kind)
    const examine = (ssz: Uint8Array): CheckResult => (isValidLayout(type, ssz) ? examineLaidOut(ssz) : BAD_LAYOUT)
    return {
      claims,
      examine,
      admit: (passed) => verdictOn(passed, claims),
      judgeUnverified: (ssz) => {
        const result = examine(ssz)
        return result.action === 'pass' ? verdictOn(result, claims) : result
      },
    }
  }
}

/**
 * An epoch is finalized two epochs later at the earliest (weigh_justification_and_finalization,
 * specs/phase0/beacon-chain.md). Who says of a later one that it is, be it a quorum of peers, keeps no block back.
 */
const FINALITY_LAG_EPOCHS = 2

/** Tier 0 of the network that `chain` follows. */
export function tierZeroOf(chain: Chain, clock: Clock, activeValidators: () => number | null): TierZero {
  const { network, schedule, slotClock, truth } = chain
  return new TierZero({
    network,
    schedule,
    slotClock,
    nowMs: () => clock.nowMs(),
    finalizedSlot: () => {
      const newestEpoch = Math.max(0, slotClock.currentEpoch() - FINALITY_LAG_EPOCHS)
      return Math.min(truth.status().finalizedEpoch, newestEpoch) * network.slotsPerEpoch
    },
    activeValidators,
  })
}

const BAD_LAYOUT: Refusal = { action: 'reject', reason: 'bad_layout' }

/** Verdicts that a claim can lead to, made once. */
const IGNORES = Object.fromEntries(
  IGNORE_REASONS.map((reason): [IgnoreReason, Refusal] => [reason, { action: 'ignore', reason }]),
)

function verdictOn({ claim }: Passed, claims: TopicClaims): Verdict {
  const reason = claim === undefined ? undefined : claims.take(claim)
  return reason === undefined ? ACCEPT : (IGNORES[reason] ?? { action: 'ignore', reason })
}

/** What the rules of a topic look at. */
export function createScene(deps: TierZeroDeps, { parsed, entry }: JudgedTopic): CheckScene {
  const { network, schedule, slotClock, nowMs, finalizedSlot, activeValidators } = deps
  const { genesisTimeSeconds, slotDurationMs, slotsPerEpoch } = network
  const preset = presetOf(network)
  return {
    kind: parsed.spec.kind,
    fork: entry.fork,
    digestHex: entry.digestHex,
    firstSlot: entry.epoch * slotsPerEpoch,
    maxBlobsPerBlock: entry.maxBlobsPerBlock,
    subnet: parsed.index,
    preset,
    slotsPerEpoch,
    genesisTimeSeconds,
    slotDurationMs,
    nowMs,
    currentSlot: () => slotClock.slotAtMs(nowMs()),
    newestSlot: () => slotClock.slotAtMs(nowMs() + MAXIMUM_GOSSIP_CLOCK_DISPARITY_MS),
    // One ms more: at its very end, disparity included, a slot is still the current one.
    oldestCurrentSlot: () => slotClock.slotAtMs(nowMs() - MAXIMUM_GOSSIP_CLOCK_DISPARITY_MS - 1),
    finalizedSlot,
    committeesPerSlot: certainCommittees({ preset, slotsPerEpoch }, activeValidators),
    digestAt: (slot) => schedule.at(slotClock.epochOfSlot(slot)).digestHex,
    forkAt: (slot) => schedule.at(slotClock.epochOfSlot(slot)).fork,
  }
}

/**
 * By what factor the number of active validators may be off, which an operator sets or a list of networks says: peers
 * pay for what is rejected by it. Mainnet has the most committees there can be from half of its million on.
 */
const VALIDATORS_FACTOR = 2

/** The committees of a slot, when it is the same number at both ends of what the number of validators may be. */
function certainCommittees(
  shape: { readonly preset: PresetName; readonly slotsPerEpoch: number },
  activeValidators: () => number | null,
): () => number | undefined {
  const committeesOf = (validators: number): number => committeesPerSlot({ ...shape, validators })
  let known: number | null = null
  let certain: number | undefined
  return () => {
    const validators = activeValidators()
    if (validators === known) return certain
    known = validators
    if (validators === null) certain = undefined
    else {
      const fewest = committeesOf(validators / VALIDATORS_FACTOR)
      certain = fewest === committeesOf(validators * VALIDATORS_FACTOR) ? fewest : undefined
    }
    return certain
  }
}

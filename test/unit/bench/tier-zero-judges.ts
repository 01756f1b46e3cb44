/** What a relay that can verify nothing makes of the benches' messages. */

import { type PayloadMoment, stampedPayload } from '../../../bench/payloads/stamped-payload.ts'
import { createForkSchedule, type DigestEntry } from '../../../src/consensus/fork-schedule.ts'
import { networkByName } from '../../../src/consensus/networks.ts'
import { createSlotClock, type SlotClock } from '../../../src/consensus/slot-clock.ts'
import { formatTopic, parseTopic } from '../../../src/consensus/topic.ts'
import { TierZero, type TopicJudge } from '../../../src/network-worker/validation/tier-zero.ts'
import type { Verdict } from '../../../src/network-worker/validation/verdict.ts'
import { systemClock } from '../../../src/shared/clock.ts'
import type { PayloadShape } from '../../support/go-payload.ts'

/** Into the slot. */
const AT_MS = 400

/** All topics of mainnet's Fulu, whose slots are of another length. */
export class TierZeroJudges {
  readonly #tierZero: TierZero
  readonly #judges = new Map<string, TopicJudge>()
  readonly #entry: DigestEntry
  readonly #slotClock: SlotClock
  /** The current one. */
  slot: number

  constructor(slotSeconds: number) {
    const network = { ...networkByName('mainnet'), slotDurationMs: slotSeconds * 1000 }
    const schedule = createForkSchedule(network)
    this.#slotClock = createSlotClock(network, systemClock)
    const entry = schedule.entries.find(({ fork }) => fork === 'fulu')
    if (entry === undefined) throw new Error('mainnet has no Fulu')
    this.#entry = { ...entry, maxBlobsPerBlock: 15 }
    this.slot = entry.epoch * network.slotsPerEpoch
    this.#tierZero = new TierZero({
      ...{ network, schedule, slotClock: this.#slotClock },
      nowMs: () => this.#slotClock.slotStartMs(this.slot) + AT_MS,
      finalizedSlot: () => 0,
      activeValidators: () => null,
    })
  }

  /** The verdict on a payload that is sent now, with the payload. */
  judge(shape: PayloadShape, gossipName: string, turn: number, serial: number): [Verdict, Uint8Array] {
    const slotStartSeconds = Math.floor(this.#slotClock.slotStartMs(this.slot) / 1000)
    const at: PayloadMoment = { slot: this.slot, slotStartSeconds, gossipName, turn, serial }
    const payload = stampedPayload(shape, at)
    return [this.#judgeOf(gossipName).judgeUnverified(payload), payload]
  }

  #judgeOf(gossipName: string): TopicJudge {
    const known = this.#judges.get(gossipName)
    if (known !== undefined) return known
    const parsed = parseTopic(formatTopic(this.#entry.digestHex, gossipName))
    if (parsed === undefined) throw new Error(`no topic ${gossipName}`)
    const judge = this.#tierZero.judgeOf({ parsed, entry: this.#entry })
    this.#judges.set(gossipName, judge)
    return judge
  }
}

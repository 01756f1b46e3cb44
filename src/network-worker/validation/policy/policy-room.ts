/** The policies as one piece, between the room of gossip and those of checks and verification. */
import type { RelayConfig } from '../../../config/schema.ts'
import type { ValidationPolicy } from '../../../config/validation-choice.ts'
import type { GossipKind } from '../../../consensus/topic-table.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { MsgIdStr, PeerIdStr } from '../../../shared/ids.ts'
import type { Chain } from '../../chain/chain.ts'
import type { TopicContext } from '../../gossip/topic-directory.ts'
import type { TopicRules } from '../../gossip/topic-rules.ts'
import { tierZeroOf } from '../tier-zero.ts'
import type { Verifier } from '../verify/verifier.ts'
import { CorroborationBook, type PeerSources } from './corroboration-book.ts'
import { policyOf } from './policies.ts'
import { policyCheck } from './policy-check.ts'
import { SlotWatch } from './slot-watch.ts'
import { TrackRecord } from './track-record.ts'

export interface PolicyRoomDeps {
  readonly config: Pick<RelayConfig, 'validation' | 'corroborationTimeMs'>
  readonly chain: Chain
  readonly clock: Clock
  readonly activeValidators: () => number | null
  readonly verifier: Verifier
  readonly sources: PeerSources
}

export interface PolicyRoom {
  policyOf(kind: GossipKind): ValidationPolicy
  /** The check of a topic, to be made when it is joined. */
  checkOf(context: TopicContext): TopicRules['check']
  /** To be told of every copy of any message. */
  onCopy(msgId: MsgIdStr, from: PeerIdStr): void
  /** Messages that wait for other peers. */
  readonly heldMessages: number
  /** True while a second block of a slot has shown, in the last two epochs, that somebody forges. */
  readonly isInDoubt: boolean
  /** Forgets what waits. */
  stop(): void
}

export function openPolicies(deps: PolicyRoomDeps): PolicyRoom {
  const { config, chain, clock, activeValidators, verifier, sources: peers } = deps
  const { validation, corroborationTimeMs } = config
  const tierZero = tierZeroOf(chain, clock, activeValidators)
  const book = new CorroborationBook({ clock, peers })
  const { slotsPerEpoch, slotDurationMs } = chain.network
  const watch = new SlotWatch({ slotsPerEpoch, currentSlot: () => chain.slotClock.currentSlot() })
  const records = new TrackRecord({
    currentSlot: () => chain.slotClock.currentSlot(),
    isDisputed: (slot) => watch.isDisputed(slot),
    isBelieved: (peerId) => peers.bypasses(peerId),
    isNew: (peerId) => peers.ageMs(peerId) < slotsPerEpoch * slotDurationMs,
  })
  const policyDeps = { tierZero, verifier, book, watch, records, peers, corroborationTimeMs }
  return {
    policyOf: (kind) => policyOf(validation, kind),
    checkOf: (context) => policyCheck(policyDeps, context),
    onCopy: (msgId, from) => book.onCopy(msgId, from),
    get heldMessages() {
      return book.size
    },
    get isInDoubt() {
      return watch.isInDoubt
    },
    stop: () => book.stop(),
  }
}

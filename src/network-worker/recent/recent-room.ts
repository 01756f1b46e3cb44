/**
 * Recent objects as one piece. In: blocks that were hashed and columns that passed. Out: answers to those who missed
 * them, and the first slot from which none is missing. None of it is on the way of a message.
 */
import { join } from 'node:path'
import type { RelayConfig } from '../../config/schema.ts'
import { presetOf } from '../../consensus/network-config.ts'
import type { Clock } from '../../shared/clock.ts'
import { RECENT_OBJECTS_DIR } from '../../shared/data-files.ts'
import type { Logger } from '../../shared/logger.ts'
import type { Chain } from '../chain/chain.ts'
import type { TopicContext } from '../gossip/topic-directory.ts'
import type { AnswerServed } from '../reqresp/types.ts'
import { createObjectAnswers } from './object-answers.ts'
import { RecentIntake } from './recent-intake.ts'
import { RecentObjects } from './recent-objects.ts'

export interface RecentRoomDeps {
  readonly config: Pick<RelayConfig, 'dataDir' | 'recentSlots'>
  readonly chain: Pick<Chain, 'network' | 'schedule' | 'slotClock'>
  readonly clock: Clock
  readonly log: Logger
}

export interface RecentRoom {
  readonly objects: RecentObjects
  readonly intake: RecentIntake
  readonly answer: AnswerServed
  /** The first slot from which every block of the chain is here; undefined while none is. */
  earliestSlot(): number | undefined
  /** A message passed: of those, data columns are taken. Called on the hot path. `data` is compressed. */
  onPassed(context: TopicContext, data: Uint8Array): void
  /** Finds what an earlier run left; without a disk to write to, nothing is held and the relay goes on. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** Undefined when it is switched off. Nothing runs yet. */
export function openRecent({ config, chain, clock, log }: RecentRoomDeps): RecentRoom | undefined {
  if (config.recentSlots === 0) return undefined
  const { network, schedule, slotClock } = chain
  const { slotsPerEpoch, genesisValidatorsRootHex } = network
  const currentSlot = (): number => slotClock.currentSlot()
  const dir = join(config.dataDir, RECENT_OBJECTS_DIR, genesisValidatorsRootHex.replace(/^0x/, '').slice(0, 16))
  const objects = new RecentObjects({ dir, slots: config.recentSlots, clock, currentSlot, log })
  const intake = new RecentIntake({ objects, schedule, slotsPerEpoch, preset: presetOf(network), currentSlot })
  return {
    objects,
    intake,
    answer: createObjectAnswers(objects),
    earliestSlot: () => objects.earliestSlot,
    onPassed: ({ parsed, entry, maxSszBytes }, data) => {
      if (parsed.spec.kind === 'data_column_sidecar') intake.onColumn({ fork: entry.fork, data, maxSszBytes })
    },
    start: async () => {
      try {
        await objects.start()
      } catch (err) {
        log.warn({ err, dir }, 'recent blocks cannot be kept: none are served')
      }
    },
    stop: async () => {
      intake.stop()
      await objects.stop()
    },
  }
}

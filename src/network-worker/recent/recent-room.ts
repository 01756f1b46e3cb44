/**
 * Recent objects as one piece. In: blocks that were hashed and columns that passed. Out: answers to those who missed
 * them, and the first slot from which none is missing. None of it is on the way of a message.
 */
import { join } from 'node:path'
import type { RelayConfig } from '../../config/schema.ts'
import { columnsOfGroups, custodyGroups } from '../../consensus/custody.ts'
import { presetOf } from '../../consensus/network-config.ts'
import type { Clock } from '../../shared/clock.ts'
import { RECENT_OBJECTS_DIR } from '../../shared/data-files.ts'
import type { Logger } from '../../shared/logger.ts'
import type { Chain } from '../chain/chain.ts'
import type { TopicContext } from '../gossip/topics/topic-directory.ts'
import { advertisedCustodyGroups } from '../host/local-metadata.ts'
import type { AnswerServed } from '../reqresp/types.ts'
import { createObjectAnswers } from './object-answers.ts'
import { RecentIntake } from './recent-intake.ts'
import { type HeldSpan, RecentObjects } from './recent-objects.ts'

export interface RecentRoomDeps {
  readonly config: Pick<RelayConfig, 'dataDir' | 'recentSlots' | 'topics' | 'custodyColumns'>
  readonly chain: Pick<Chain, 'network' | 'schedule' | 'slotClock'>
  readonly clock: Clock
  readonly log: Logger
  /** Our discv5 id: with it and our custody group count peers know which columns to ask us for. */
  readonly nodeId: Uint8Array
}

export interface RecentRoom {
  readonly objects: RecentObjects
  readonly intake: RecentIntake
  readonly answer: AnswerServed
  /** The chain that is here, as far as Status tells it; undefined while there is none. */
  span(): HeldSpan | undefined
  /** A message passed: of those, data columns are taken. Called on the hot path. `data` is compressed. */
  onPassed(context: TopicContext, data: Uint8Array): void
  /** Finds what an earlier run left; without a disk to write to, nothing is held and the relay goes on. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** Undefined when it is switched off. Nothing runs yet. */
export function openRecent({ config, chain, clock, log, nodeId }: RecentRoomDeps): RecentRoom | undefined {
  if (config.recentSlots === 0) return undefined
  const { network, schedule, slotClock } = chain
  const { slotsPerEpoch, genesisValidatorsRootHex } = network
  const currentSlot = (): number => slotClock.currentSlot()
  const dir = join(config.dataDir, RECENT_OBJECTS_DIR, genesisValidatorsRootHex.replace(/^0x/, '').slice(0, 16))
  const dueColumns = columnsOfGroups(custodyGroups(nodeId, advertisedCustodyGroups(config)))
  const objects = new RecentObjects({ dir, slots: config.recentSlots, dueColumns, clock, currentSlot, log })
  const intake = new RecentIntake({ objects, schedule, slotsPerEpoch, preset: presetOf(network) })
  return {
    objects,
    intake,
    answer: createObjectAnswers(objects),
    span: () => objects.span,
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

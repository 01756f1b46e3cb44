import type { DatabaseSync } from 'node:sqlite'
import type { RestoredState } from '../../rpc/settings-views.ts'
import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/logger.ts'
import { DiscoveredPeersStore } from '../../storage/discovered-peers-store.ts'
import { FirstBlockSendersStore } from '../../storage/first-block-senders-store.ts'
import { KnownRecordsStore } from '../../storage/known-records-store.ts'
import { ScoreBansStore } from '../../storage/score-bans-store.ts'
import { DiscoveryJournal } from './discovery-journal.ts'
import { FirstBlockJournal } from './first-block-journal.ts'
import { ScoreBanJournal } from './score-ban-journal.ts'

/** They take what the network worker reports, and write it down a second's at once. */
export interface KeptJournals {
  readonly scoreBans: ScoreBanJournal
  readonly firstBlocks: FirstBlockJournal
  readonly discovery: DiscoveryJournal
  /** What earlier runs reported. */
  readonly restored: Pick<RestoredState, 'scoreBans' | 'firstBlockSenders' | 'discovery'>
  /** Writes what waits; nothing is taken after it. Idempotent. */
  close(): void
}

export function openKeptJournals(database: DatabaseSync, clock: Clock, log: Logger): KeptJournals {
  const bans = new ScoreBansStore(database)
  const senders = new FirstBlockSendersStore(database)
  const records = new KnownRecordsStore(database)
  const discovered = new DiscoveredPeersStore(database)
  const scoreBans = new ScoreBanJournal({ store: bans, clock, log })
  const firstBlocks = new FirstBlockJournal({ store: senders, clock, log })
  const discovery = new DiscoveryJournal({ records, discovered, clock, log })
  return {
    scoreBans,
    firstBlocks,
    discovery,
    restored: {
      scoreBans: bans.all(),
      firstBlockSenders: senders.all().map(({ peerId, count }) => ({ peer_id: peerId, count })),
      discovery: { records: records.all(), discoveredPeers: discovered.all() },
    },
    close: () => {
      for (const journal of [scoreBans, firstBlocks, discovery]) journal.close()
    },
  }
}

/** What outlives a restart, as it is at a start: opened, judged against the start-up values, and told to the log. */
import type { RelayConfig } from '../../config/schema.ts'
import type { RestoredState, RuntimeSettings } from '../../rpc/settings-views.ts'
import { type Clock, systemClock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/logger.ts'
import { AccessStore } from '../../storage/access-store.ts'
import { ChainStore } from '../../storage/chain-store.ts'
import { ExplicitPeersStore } from '../../storage/explicit-peers-store.ts'
import { openDatabase } from '../../storage/open-database.ts'
import { RuntimeSettingsStore, type StoredSetting } from '../../storage/runtime-settings-store.ts'
import {
  judgeRows,
  type RestoredRow,
  settingsInForce,
  startUpSettings,
  startUpValueOf,
} from '../operator/runtime-settings.ts'
import { type KeptAccess, openKeptAccess } from './kept-access.ts'
import { claimForChain } from './kept-chain.ts'
import { type KeptJournals, openKeptJournals } from './kept-journals.ts'

export interface KeptState {
  readonly startUp: RuntimeSettings
  /** Settings changed over the API that are in force now. */
  readonly rows: readonly StoredSetting[]
  readonly settingsStore: RuntimeSettingsStore
  readonly explicitPeersStore: ExplicitPeersStore
  readonly accessStore: AccessStore
  readonly access: KeptAccess
  /** Take what the network worker reports; `close` writes the rest. */
  readonly journals: Pick<KeptJournals, 'scoreBans' | 'firstBlocks' | 'discovery'>
  /** What the network worker is told at its start. */
  readonly restored: RestoredState
  /** Idempotent. Nothing can be written after it. */
  close(): void
}

function logRow(log: Logger, row: RestoredRow, startUp: RuntimeSettings): void {
  const { name, value, outcome } = row
  const fields = { setting: name, stored: value }
  if (outcome === 'out_of_range') {
    log.warn(fields, 'stored setting dropped: this release does not allow its value')
    return
  }
  // Null stands for the heartbeat of the network load, which is then what counts.
  const origin = name === 'heartbeat_interval_ms' ? 'network_load' : name
  const now = startUp[origin as keyof RuntimeSettings]
  if (outcome === 'kept') log.info({ ...fields, start_up: now }, 'stored setting wins: its start-up value is as it was')
  else
    log.info({ ...fields, start_up_before: startUpValueOf(row), start_up: now }, 'start-up value wins: it has changed')
}

function logPeers(log: Logger, { explicitPeers, access, scoreBans, discovery }: RestoredState): void {
  const { bannedPeers, bannedRanges, bannedAgents, trustedPeers } = access
  if (explicitPeers.length > 0) log.info({ count: explicitPeers.length }, 'explicit peers restored')
  const counts = {
    banned: bannedPeers.length,
    banned_by_score: scoreBans.length,
    banned_ranges: bannedRanges.length,
    banned_agents: bannedAgents.length,
    trusted: trustedPeers.length,
  }
  if (Object.values(counts).some((count) => count > 0)) log.info(counts, 'bans and trust in force')
  if (discovery.records.length > 0) log.info({ count: discovery.records.length }, 'records of peers restored')
}

/**
 * Opens what is kept in the data directory. A stored setting whose start-up value has changed is forgotten here, for
 * good: taking the change back later does not bring it back.
 * @throws RelayError CONFIG_INVALID as `openDatabase` and `claimForChain` do
 */
export function openKeptState(config: RelayConfig, log: Logger, clock: Clock = systemClock): KeptState {
  const database = openDatabase(config.dataDir)
  try {
    claimForChain(new ChainStore(database), config)
    const settingsStore = new RuntimeSettingsStore(database)
    const explicitPeersStore = new ExplicitPeersStore(database)
    const startUp = startUpSettings(config)
    const judged = judgeRows(startUp, settingsStore.all())
    for (const row of judged) logRow(log, row, startUp)
    const rows = judged.filter(({ outcome }) => outcome === 'kept')
    if (rows.length < judged.length) settingsStore.replace(rows)
    const accessStore = new AccessStore(database)
    const { bannedPeers } = config
    const access = openKeptAccess({ store: accessStore, explicitPeersStore, bannedPeers, log })
    const journals = openKeptJournals(database, clock, log)
    const restored: RestoredState = {
      settings: settingsInForce(startUp, rows),
      explicitPeers: explicitPeersStore.all().map(({ peerId, addresses }) => ({ peerId, addresses })),
      access: access.lists,
      ...journals.restored,
    }
    logPeers(log, restored)
    return {
      startUp,
      rows,
      settingsStore,
      explicitPeersStore,
      accessStore,
      access,
      journals,
      restored,
      close: () => {
        journals.close()
        if (database.isOpen) database.close()
      },
    }
  } catch (cause) {
    database.close()
    throw cause
  }
}

import type { KnownRecord } from '../../rpc/discovery-views.ts'
import type { Clock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import { MAX_DISCOVERED_PEERS, MAX_KNOWN_RECORDS } from '../../shared/limits.ts'
import type { Logger } from '../../shared/logger.ts'
import type { DiscoveredPeersStore } from '../../storage/discovered-peers-store.ts'
import type { KnownRecordsStore } from '../../storage/known-records-store.ts'
import { WriteBehind } from './write-behind.ts'

export interface DiscoveryJournalDeps {
  readonly records: Pick<KnownRecordsStore, 'apply'>
  readonly discovered: Pick<DiscoveredPeersStore, 'add'>
  readonly clock: Clock
  readonly log: Logger
}

/**
 * Writes down what discovery found, a second's at once. A crash loses a second's finds, which the next lookups bring
 * again; what cannot be written is dropped with a warning, for the same reason.
 */
export class DiscoveryJournal {
  /** Null for a record that was forgotten. */
  readonly #records: WriteBehind<KnownRecord | null>
  readonly #discovered: WriteBehind<true>

  constructor({ records, discovered, clock, log }: DiscoveryJournalDeps) {
    this.#records = new WriteBehind({
      clock,
      maxWaiting: MAX_KNOWN_RECORDS,
      write: (entries) => {
        const kept = [...entries.values()].filter((record) => record !== null)
        const forgotten = [...entries].filter(([, record]) => record === null).map(([peerId]) => peerId)
        try {
          records.apply(kept, forgotten)
        } catch (err) {
          log.warn({ err, kept: kept.length, forgotten: forgotten.length }, 'records of peers were not written')
        }
      },
    })
    this.#discovered = new WriteBehind({
      clock,
      maxWaiting: MAX_DISCOVERED_PEERS,
      write: (entries) => {
        try {
          discovered.add([...entries.keys()])
        } catch (err) {
          log.warn({ err, peers: entries.size }, 'discovered peers were not written')
        }
      },
    })
  }

  discovered(peerId: PeerIdStr): void {
    this.#discovered.take(peerId, () => true)
  }

  kept(record: KnownRecord): void {
    this.#records.take(record.peerId, () => record)
  }

  forgotten(peerId: PeerIdStr): void {
    this.#records.take(peerId, () => null)
  }

  /** Writes what waits; nothing is taken after it. Idempotent. */
  close(): void {
    this.#records.close()
    this.#discovered.close()
  }
}

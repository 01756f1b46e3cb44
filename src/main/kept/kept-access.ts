/** Bans and trust as they are at a start: those of the disk, and those that the ban file adds for this run. */
import type { AccessLists } from '../../rpc/access.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { Logger } from '../../shared/logger.ts'
import type { AccessStore } from '../../storage/access-store.ts'
import type { ExplicitPeersStore } from '../../storage/explicit-peers-store.ts'
import { changedLists } from '../operator/access-lists.ts'

export interface KeptAccess {
  /** In force at the start. */
  readonly lists: AccessLists
  /** Peers that every start bans again, as long as the ban file names them. */
  readonly bannedByFile: ReadonlySet<PeerIdStr>
}

export interface KeptAccessOptions {
  readonly store: AccessStore
  readonly explicitPeersStore: ExplicitPeersStore
  /** Of the ban file: banned in this run, not written to the disk. */
  readonly bannedPeers: readonly PeerIdStr[]
  readonly log: Logger
}

/**
 * Reads the lists and bans the peers of the file on top. As with every ban, whoever the file bans is neither trusted nor
 * explicit any more, also in later runs.
 */
export function openKeptAccess({ store, explicitPeersStore, bannedPeers, log }: KeptAccessOptions): KeptAccess {
  const stored = store.load()
  const bannedByFile = new Set(bannedPeers)
  const untrust = stored.trustedPeers.map(({ peerId }) => peerId).filter((peerId) => bannedByFile.has(peerId))
  if (untrust.length > 0) store.apply({ untrust }, 0)
  for (const peer of untrust) log.warn({ peer }, 'trusted no more: the ban file names it')
  for (const { peerId: peer } of explicitPeersStore.all().filter(({ peerId }) => bannedByFile.has(peerId))) {
    explicitPeersStore.delete(peer)
    log.warn({ peer }, 'explicit no more: the ban file names it')
  }
  return { lists: changedLists(stored, { ban: bannedPeers, untrust }), bannedByFile }
}

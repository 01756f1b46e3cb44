import type { Client } from '../../rpc/client-type.ts'
import type { Control } from '../../rpc/contract.ts'
import type { Clock } from '../../shared/clock.ts'
import { RelayError } from '../../shared/errors.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { Logger } from '../../shared/logger.ts'
import type { ExplicitPeersStore, StoredPeer } from '../../storage/explicit-peers-store.ts'
import { makeChange } from '../kept/kept-change.ts'

export interface ExplicitOperatorDeps {
  readonly control: Pick<Client<Control>, 'addExplicitPeer' | 'removeExplicitPeer'>
  readonly store: ExplicitPeersStore
  /** Whether the peer is banned for good. */
  isBanned(peerId: PeerIdStr): boolean
  readonly clock: Clock
  readonly log: Logger
}

/** Changes of the explicit peers. One at a time: the caller queues. */
export class ExplicitOperator {
  readonly #deps: ExplicitOperatorDeps

  constructor(deps: ExplicitOperatorDeps) {
    this.#deps = deps
  }

  /** As `Operator.addExplicitPeer`. */
  async add(peerId: PeerIdStr, given: readonly string[] = []): Promise<void> {
    const { control, store, clock, log, isBanned } = this.#deps
    if (isBanned(peerId)) throw new RelayError('PEER_BANNED', 'peer is banned', { peer_id: peerId })
    const before = store.get(peerId)
    const peer = {
      peerId,
      addresses: distinct(given, before?.addresses ?? []),
      addedAtMs: before?.addedAtMs ?? clock.nowMs(),
    }
    const { addresses } = await makeChange(
      {
        name: 'adding an explicit peer',
        persist: () => {
          store.put(peer)
          return () => {
            if (before === undefined) store.delete(peerId)
            else store.put(before)
          }
        },
        effect: () => control.addExplicitPeer({ peerId, addresses: peer.addresses }),
        undoEffect: async () => {
          if (before === undefined) await control.removeExplicitPeer(peerId)
          else await control.addExplicitPeer({ peerId, addresses: before.addresses })
        },
      },
      log,
    )
    this.#keepAddresses(peer, distinct(given, addresses, peer.addresses))
    log.info({ peer: peerId }, 'explicit peer added')
  }

  /** As `Operator.removeExplicitPeer`. */
  async remove(peerId: PeerIdStr): Promise<void> {
    const { control, store, log } = this.#deps
    const before = store.get(peerId)
    await makeChange(
      {
        name: 'removing an explicit peer',
        persist: () => {
          store.delete(peerId)
          return () => {
            if (before !== undefined) store.put(before)
          }
        },
        effect: () => control.removeExplicitPeer(peerId),
        undoEffect: async () => {
          if (before !== undefined) await control.addExplicitPeer({ peerId, addresses: before.addresses })
        },
      },
      log,
    )
    log.info({ peer: peerId }, 'explicit peer removed')
  }

  /** Addresses only help to dial after a restart: the peer is kept whether they are or not. */
  #keepAddresses(peer: StoredPeer, addresses: readonly string[]): void {
    if (addresses.join() === peer.addresses.join()) return
    try {
      this.#deps.store.put({ ...peer, addresses })
    } catch (err) {
      this.#deps.log.warn({ err, peer: peer.peerId }, 'addresses of an explicit peer were not kept')
    }
  }
}

function distinct(...lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat())]
}

import type { TrustedPeerView } from '../../rpc/peer-views.ts'
import type { Clock } from '../../shared/clock.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { Logger } from '../../shared/logger.ts'
import type { AccessBook } from './access/access-book.ts'
import type { Dialer } from './dialling/dialer.ts'
import { KeptConnections } from './kept-connections.ts'
import type { PeerRegistry } from './peer-registry.ts'

/** An operator's own relays come back fast and are few: a restart is over before the third dial. */
const RETRY_FIRST_MS = 1000
const RETRY_LAST_MS = 60_000

export interface TrustedPeersDeps {
  readonly access: AccessBook
  readonly registry: PeerRegistry
  readonly dialer: Pick<Dialer, 'connect'>
  readonly clock: Clock
  readonly log: Logger
}

/** Keeps the peers that the access book calls trusted connected. What trust exempts from is asked of the book. */
export class TrustedPeers {
  readonly #deps: TrustedPeersDeps
  readonly #connections: KeptConnections

  constructor(deps: TrustedPeersDeps) {
    this.#deps = deps
    this.#connections = new KeptConnections({
      ...deps,
      kind: 'trusted',
      retryFirstMs: RETRY_FIRST_MS,
      retryLastMs: RETRY_LAST_MS,
      addressesOf: (peerId) => deps.access.trustedPeer(peerId)?.addresses ?? [],
    })
  }

  /** Dials everyone who is trusted by then. */
  start(): void {
    for (const { peerId } of this.#deps.access.trusted()) this.#connections.keep(peerId)
    this.#connections.start()
  }

  stop(): void {
    this.#connections.stop()
  }

  /** A peer is in the book, or in it with other addresses: it is dialled at once. */
  added(peerId: PeerIdStr): void {
    this.#connections.keep(peerId)
    this.#connections.dialDue()
  }

  /** A peer is out of the book. It stays connected, but is not dialled again. */
  removed(peerId: PeerIdStr): void {
    this.#connections.drop(peerId)
  }

  /** In the order in which they were trusted. */
  list(): readonly TrustedPeerView[] {
    return this.#deps.access.trusted().map(({ peerId, enr }) => ({
      peer_id: peerId,
      enr: enr ?? this.#deps.registry.get(peerId)?.enr ?? null,
      is_connected: this.#connections.isConnected(peerId),
    }))
  }
}

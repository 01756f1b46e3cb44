import type { Connection, Libp2p } from '@libp2p/interface'
import type { Clock } from '../../shared/clock.ts'
import type { LastDisconnects } from '../peers/last-disconnect.ts'
import type { PeerRegistry } from '../peers/peer-registry.ts'
import { disconnectReason } from '../peers/vocabulary/disconnect-reason.ts'
import type { EventsRoom } from './events-room.ts'

/** A goodbye may still be on its way through the decoder when the connection that brought it is closed. */
const GOODBYE_GRACE_MS = 200

export interface PeerEventsDeps {
  readonly host: Pick<Libp2p, 'addEventListener' | 'removeEventListener'>
  readonly registry: PeerRegistry
  readonly lastDisconnects: LastDisconnects
  readonly events: Pick<EventsRoom, 'tell'>
  readonly clock: Clock
}

/**
 * Peers that come and go, as `peer` events. It hears of connections after the peer manager, whose books it reads: it has
 * to be started after that.
 */
export class PeerEvents {
  readonly #deps: PeerEventsDeps

  constructor(deps: PeerEventsDeps) {
    this.#deps = deps
  }

  start(): void {
    this.#deps.host.addEventListener('connection:open', this.#onOpen)
    this.#deps.host.addEventListener('connection:close', this.#onClose)
  }

  stop(): void {
    this.#deps.host.removeEventListener('connection:open', this.#onOpen)
    this.#deps.host.removeEventListener('connection:close', this.#onClose)
  }

  readonly #onOpen = ({ detail }: CustomEvent<Connection>): void => {
    const { registry, events, clock } = this.#deps
    const record = registry.get(detail.remotePeer.toString())
    if (record?.connections !== 1) return
    const { peerId, address, direction } = record
    events.tell('peer', () => ({ action: 'connected', peer_id: peerId, address, direction, unix_ms: clock.nowMs() }))
  }

  readonly #onClose = ({ detail }: CustomEvent<Connection>): void => {
    const { registry, lastDisconnects, events, clock } = this.#deps
    const peerId = detail.remotePeer.toString()
    const record = registry.get(peerId)
    if (record !== undefined && record.connections > 0) return
    const known = record && {
      ...{ address: record.address, direction: record.direction },
      ...{ client: record.client, rtt_ms: record.rttMs },
    }
    const leftUnixMs = clock.nowMs()
    const tell = (): void => {
      const cause = lastDisconnects.get(peerId)
      const reason = cause === undefined ? 'unknown' : disconnectReason(cause)
      const make = (): object => ({ action: 'disconnected', peer_id: peerId, ...known, reason, unix_ms: leftUnixMs })
      events.tell('peer', make)
    }
    if (lastDisconnects.get(peerId)?.goodbye === 'none') clock.after(GOODBYE_GRACE_MS, tell)
    else tell()
  }
}

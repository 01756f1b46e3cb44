import type { PeerDirection } from '../../rpc/peer-views.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import { newPeerRecord, type PeerRecord } from './peer-record.ts'

/** Peers remembered after they left (reference/scoring.md §1, "max remembered"); the longest gone goes first. */
export const MAX_REMEMBERED_PEERS = 500

/** Every peer with a connection, live or pending, and the most recent of those without. */
export class PeerRegistry {
  /** In order of last arrival or departure, so that the first disconnected one is the longest gone. */
  readonly #records = new Map<PeerIdStr, PeerRecord>()
  /** Remembered peers forgotten for lack of room, since start. */
  forgotten = 0

  get(peerId: PeerIdStr): PeerRecord | undefined {
    return this.#records.get(peerId)
  }

  /** Those who are gone included. */
  all(): readonly PeerRecord[] {
    return [...this.#records.values()]
  }

  /** Peers with a live or pending connection. */
  live(): readonly PeerRecord[] {
    return [...this.#records.values()].filter((record) => record.state !== 'disconnected')
  }

  connected(): readonly PeerRecord[] {
    return [...this.#records.values()].filter((record) => record.state === 'connected')
  }

  get connectedCount(): number {
    let count = 0
    for (const record of this.#records.values()) if (record.state === 'connected') count++
    return count
  }

  /** The record of a peer that is being connected, a remembered one taken up again. */
  enter(peerId: PeerIdStr, address: string, direction: PeerDirection): PeerRecord {
    const record = this.#records.get(peerId) ?? newPeerRecord(peerId, address, direction)
    this.#records.delete(peerId)
    this.#records.set(peerId, record)
    return record
  }

  /** Marks a peer as gone and forgets, beyond the bound, first who was never connected, then the longest gone. */
  leave(record: PeerRecord): void {
    record.state = 'disconnected'
    record.connections = 0
    this.#records.delete(record.peerId)
    this.#records.set(record.peerId, record)
    const gone = [...this.#records.values()].filter(({ state }) => state === 'disconnected')
    const excess = gone.length - MAX_REMEMBERED_PEERS
    if (excess <= 0) return
    const wasHere = ({ connectedAtMs }: PeerRecord): number => (connectedAtMs === 0 ? 0 : 1)
    for (const { peerId } of gone.toSorted((a, b) => wasHere(a) - wasHere(b)).slice(0, excess)) {
      this.#records.delete(peerId)
      this.forgotten++
    }
  }
}

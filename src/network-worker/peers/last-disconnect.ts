import type { PeerIdStr } from '../../shared/ids.ts'

/** What ended a session: the code of the first goodbye, whoever said it, or a connection that was closed without one. */
export type DisconnectCause =
  | { readonly goodbye: 'ours' | 'theirs'; readonly code: number }
  | { readonly goodbye: 'none' }

/** Peers whose last disconnect is remembered (spec/peer-scoring-fields.md); who was recorded first goes first. */
export const MAX_LAST_DISCONNECTS = 1024

/** Why each peer's last session ended. Reading it creates nothing. */
export class LastDisconnects {
  readonly #causes = new Map<PeerIdStr, DisconnectCause>()

  /**
   * Notes a cause of the end of a session; of several the first counts, and any goodbye before none: theirs may still
   * be on its way through the decoder when the connection it came on is closed.
   */
  record(peerId: PeerIdStr, cause: DisconnectCause): void {
    const known = this.#causes.get(peerId)
    if (known !== undefined && known.goodbye !== 'none') return
    this.#causes.set(peerId, cause)
    for (const oldest of this.#causes.keys()) {
      if (this.#causes.size <= MAX_LAST_DISCONNECTS) return
      this.#causes.delete(oldest)
    }
  }

  /** A new session has begun: what ended the one before says nothing of it. */
  forget(peerId: PeerIdStr): void {
    this.#causes.delete(peerId)
  }

  get(peerId: PeerIdStr): DisconnectCause | undefined {
    return this.#causes.get(peerId)
  }
}

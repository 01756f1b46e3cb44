import type { PeerIdStr } from '../../../shared/ids.ts'
import type { OutboundStream } from '../router/gossipsub-internals.ts'
import type { PeerOutbox } from './peer-outbox.ts'

export interface PeerOutboxesDeps {
  readonly streamOf: (peerId: PeerIdStr) => OutboundStream | undefined
  readonly make: (peerId: PeerIdStr) => PeerOutbox
}

/** The outboxes of all peers, each made when its peer is first sent to; one goes with its peer. */
export class PeerOutboxes {
  readonly #deps: PeerOutboxesDeps
  readonly #byPeer = new Map<PeerIdStr, PeerOutbox>()

  constructor(deps: PeerOutboxesDeps) {
    this.#deps = deps
  }

  of(peerId: PeerIdStr): PeerOutbox {
    let outbox = this.#byPeer.get(peerId)
    if (outbox === undefined) {
      outbox = this.#deps.make(peerId)
      this.#byPeer.set(peerId, outbox)
    }
    return outbox
  }

  /** The peer's outbox if it was sent to before. */
  known(peerId: PeerIdStr): PeerOutbox | undefined {
    return this.#byPeer.get(peerId)
  }

  delete(peerId: PeerIdStr): void {
    this.#byPeer.delete(peerId)
  }

  /** The peer's stream has room again. */
  drain(peerId: PeerIdStr): void {
    const outbox = this.#byPeer.get(peerId)
    const stream = this.#deps.streamOf(peerId)
    if (stream !== undefined && outbox !== undefined && outbox.bytes > 0) outbox.drain(stream)
  }

  /** At each heartbeat: takes out what peers do not want any more, and sends what their streams have room for. */
  drainAll(): void {
    for (const [peerId, outbox] of this.#byPeer) {
      if (outbox.bytes === 0) continue
      outbox.withdraw()
      this.drain(peerId)
    }
  }

  /** Sends the short messages that waited for company. */
  flush(peerId: PeerIdStr): void {
    const stream = this.#deps.streamOf(peerId)
    const outbox = this.#byPeer.get(peerId)
    if (stream === undefined) outbox?.clear('stream_lost')
    else outbox?.flush(stream)
  }

  /** Peers whose messages have been waiting, without a pause, for so long that `isSlow`. */
  slow(isSlow: (waitingMs: number) => boolean): readonly PeerIdStr[] {
    return [...this.#byPeer].filter(([, { waitingMs }]) => isSlow(waitingMs)).map(([peerId]) => peerId)
  }
}

/**
 * Columns and blobs that wait for the verification of their header, or for the trusted setup: two seconds and more after a
 * start, in which one peer can send as many as it likes. There are no turns, since each goes on when its own header is
 * known; but each source has its share of the room, as of the threads' queues.
 */
import { FairQueue } from './fair-queue.ts'

/** Those of two slots: with as many blobs as the schedules have so far, 21, the columns of two blocks hold 12 MB. */
const BOUNDS = { maxItems: 256, maxBytes: 16 * 1024 * 1024 }

export interface WaitingSidecar {
  /** All that is kept of the message, and let go of when there is no room for it. */
  copy: Uint8Array | undefined
}

interface Waiting {
  readonly sidecar: WaitingSidecar
  readonly leave: () => void
}

export class WaitingSidecars {
  readonly #lines = new FairQueue<Waiting>(BOUNDS)

  get length(): number {
    return this.#lines.length
  }

  /**
   * Keeps a sidecar until `ready` has come, which is called when there is room. Whose source has most here makes room for others.
   * @returns what `ready` came to, or undefined as soon as the sidecar has to go. Rejects as `ready` does
   */
  async wait<Ready>(source: string, sidecar: WaitingSidecar, ready: () => Promise<Ready>): Promise<Ready | undefined> {
    const { promise: gone, resolve } = Promise.withResolvers<undefined>()
    const waiting: Waiting = { sidecar, leave: () => resolve(undefined) }
    for (const one of this.#lines.push(source, waiting, sidecar.copy?.length ?? 0)) {
      one.sidecar.copy = undefined
      one.leave()
    }
    if (sidecar.copy === undefined) return undefined
    try {
      return await Promise.race([gone, ready()])
    } finally {
      this.#lines.remove(source, waiting)
    }
  }
}

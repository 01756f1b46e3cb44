import { INITIAL_WINDOW_BYTES } from './frame.ts'

/** A window that was half used up within so many round trips is what holds the sender back (as go-yamux judges it). */
const FAST_ROUND_TRIPS = 4

export interface ReceiveWindowDeps {
  readonly monotonicMs: () => number
  /** The connection's round trip, ms; 0 until one was measured. */
  readonly rttMs: () => number
  /** Growth ends here. */
  readonly maxBytes: number
}

/**
 * What the other side may still send on a stream. Bytes count against it when a frame announces them, and are granted
 * again when somebody has taken them, by halves: so the sender always has the other half, and a reader that does not
 * read holds one window at most. It doubles while it is what holds the sender back.
 *
 * At all times: granted + announced and not taken + taken and not granted again = the window.
 */
export class ReceiveWindow {
  readonly #deps: ReceiveWindowDeps
  #windowBytes = INITIAL_WINDOW_BYTES
  #grantedBytes = INITIAL_WINDOW_BYTES
  #takenBytes = 0
  #grantedAtMs: number

  constructor(deps: ReceiveWindowDeps) {
    this.#deps = deps
    this.#grantedAtMs = deps.monotonicMs()
  }

  /** Bytes the other side may have under way and unread at once. */
  get bytes(): number {
    return this.#windowBytes
  }

  /** @returns false when the other side was not granted so much */
  announce(bytes: number): boolean {
    if (bytes > this.#grantedBytes) return false
    this.#grantedBytes -= bytes
    return true
  }

  /** Somebody has them: they may be sent again. */
  take(bytes: number): void {
    this.#takenBytes += bytes
  }

  /** Somebody put bytes back, to be taken once more. */
  putBack(bytes: number): void {
    this.#takenBytes -= bytes
  }

  /** What to grant now; 0 while less than half is used up. */
  grant(): number {
    if (2 * this.#takenBytes < this.#windowBytes) return 0
    const { monotonicMs, rttMs, maxBytes } = this.#deps
    const now = monotonicMs()
    let grown = 0
    if (now - this.#grantedAtMs < FAST_ROUND_TRIPS * rttMs()) {
      grown = Math.max(0, Math.min(2 * this.#windowBytes, maxBytes) - this.#windowBytes)
    }
    const bytes = this.#takenBytes + grown
    this.#grantedAtMs = now
    this.#windowBytes += grown
    this.#grantedBytes += bytes
    this.#takenBytes = 0
    return bytes
  }
}

/** All that was handed to gossip streams since start. */
export interface SentTotals {
  readonly sentBytes: number
  readonly sentRpcs: number
}

export interface UplinkBacklogDeps {
  /** What the line carries in a second, Mbit. */
  readonly mbits: number
  readonly sent: SentTotals
  readonly monotonicMs: () => number
}

const BITS_PER_BYTE = 8
/** 10^6 bits a second, in bits a millisecond. */
const BITS_PER_MS_AND_MBIT = 1000
/** A full frame of Ethernet takes 1,538 bytes of the line (IEEE 802.3, preamble and gap too) for 1,448 of TCP's. */
const LINE_SHARE = 1538 / 1448
/** Of a frame that goes alone: noise 18, yamux 12, TCP and IP 52, Ethernet 38. */
const RPC_OVERHEAD_BYTES = 120

/**
 * How much of what was sent has not left this host yet. The system does not tell: it takes what its buffers have room for, half a
 * second's worth of fifty peers. But a line carries no more than it does, so that what was handed over tells, with the time.
 * Gossip only; what else a relay sends is a small part of it.
 */
export class UplinkBacklog {
  readonly #deps: UplinkBacklogDeps
  readonly #bytesPerMs: number
  #countedBytes: number
  /** Monotonic ms at which all that was counted has left. */
  #clearAtMs = Number.NEGATIVE_INFINITY

  constructor(deps: UplinkBacklogDeps) {
    this.#deps = deps
    this.#bytesPerMs = (deps.mbits * BITS_PER_MS_AND_MBIT) / BITS_PER_BYTE
    this.#countedBytes = bytesOnLine(deps.sent)
  }

  /** How long until all of it has left, ms; 0 when it has. Counts what was sent since it was last asked as sent now. */
  get ms(): number {
    const nowMs = this.#deps.monotonicMs()
    const bytes = bytesOnLine(this.#deps.sent)
    if (bytes > this.#countedBytes) {
      this.#clearAtMs = Math.max(nowMs, this.#clearAtMs) + (bytes - this.#countedBytes) / this.#bytesPerMs
      this.#countedBytes = bytes
    }
    return Math.max(0, this.#clearAtMs - nowMs)
  }
}

function bytesOnLine({ sentBytes, sentRpcs }: SentTotals): number {
  return sentBytes * LINE_SHARE + sentRpcs * RPC_OVERHEAD_BYTES
}

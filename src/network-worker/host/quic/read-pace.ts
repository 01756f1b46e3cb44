/** For a stream on which little comes. */
export const SHORT_READ_BYTES = 4096
/** For one on which a block comes; a block of 120 kB is two of them, compressed. */
export const LONG_READ_BYTES = 65_536

/**
 * How many bytes to ask QUIC for. Each read is a promise from another thread, so that a block in many short reads waits
 * for a turn of the event loop at each; but each read makes an array of what was asked for, however little comes.
 */
export class ReadPace {
  #bytes = SHORT_READ_BYTES

  get bytes(): number {
    return this.#bytes
  }

  /** So many bytes came of as many as were asked for. */
  took(bytes: number): void {
    if (bytes >= this.#bytes) this.#bytes = LONG_READ_BYTES
    else if (bytes < SHORT_READ_BYTES) this.#bytes = SHORT_READ_BYTES
  }
}

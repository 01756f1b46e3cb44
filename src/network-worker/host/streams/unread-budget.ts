/** Received bytes of all streams of a connection that wait to be read. */
export class UnreadBudget {
  readonly #maxBytes: number
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  /** No more should be taken in. */
  get isSpent(): boolean {
    return this.#bytes >= this.#maxBytes
  }

  /** Counts bytes that wait. @returns false when they are more than may wait */
  hold(bytes: number): boolean {
    this.#bytes += bytes
    return this.#bytes <= this.#maxBytes
  }

  release(bytes: number): void {
    this.#bytes -= bytes
  }
}

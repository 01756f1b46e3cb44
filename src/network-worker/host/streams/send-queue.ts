import { Fifo } from '../../../shared/fifo.ts'

/** Bytes that wait to be sent, as the pieces in which they were handed over: nothing is copied. */
export class SendQueue {
  readonly #pieces = new Fifo<Uint8Array>()
  /** What is left of a piece that was taken in part; comes before the others. */
  #rest: Uint8Array | undefined
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  push(piece: Uint8Array): void {
    if (piece.length === 0) return
    this.#pieces.push(piece)
    this.#bytes += piece.length
  }

  /** Adds the first `bytes` to `pieces`; there must be so many. */
  takeTo(pieces: Uint8Array[], bytes: number): void {
    let left = bytes
    while (left > 0) {
      const piece = this.#rest ?? this.#pieces.shift()
      if (piece === undefined) throw new RangeError(`${left} bytes more than there are`)
      this.#rest = piece.length > left ? piece.subarray(left) : undefined
      const taken = piece.length > left ? piece.subarray(0, left) : piece
      pieces.push(taken)
      left -= taken.length
    }
    this.#bytes -= bytes
  }

  clear(): void {
    this.#rest = undefined
    while (this.#pieces.shift() !== undefined);
    this.#bytes = 0
  }
}

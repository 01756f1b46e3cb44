import { Fifo } from '../../../shared/fifo.ts'

/** Shorter pieces are copied together: a piece that waits as a view keeps the whole stretch it came in. */
const COPIED_BYTES = 4096

/**
 * Received bytes that nobody listens for yet, in order. In memory they take no more than twice their length and a block,
 * however small the pieces in which they came. Copies are made by `new Uint8Array`: `slice` of a Buffer is none.
 */
export class UnreadBytes {
  readonly #pieces = new Fifo<Uint8Array>()
  /** Put back before all others, the first one last. */
  readonly #front: Uint8Array[] = []
  /** Where short pieces go: filled up to `#end`, of which the bytes from `#start` on are not among the pieces yet. */
  #block = new Uint8Array(0)
  #start = 0
  #end = 0
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  /** @param isLent the piece is another's soon: a copy of it waits */
  push(piece: Uint8Array, isLent = false): void {
    this.#bytes += piece.length
    if (piece.length < COPIED_BYTES) {
      this.#copy(piece)
      return
    }
    this.#seal()
    this.#pieces.push(isLent || 2 * piece.length < piece.buffer.byteLength ? new Uint8Array(piece) : piece)
  }

  /** Puts bytes before all others, in a copy. */
  unshift(piece: Uint8Array): void {
    this.#bytes += piece.length
    this.#front.push(new Uint8Array(piece))
  }

  /** The first bytes there are, as many as lie together. */
  shift(): Uint8Array | undefined {
    if (this.#pieces.length === 0) this.#seal()
    const piece = this.#front.pop() ?? this.#pieces.shift()
    if (piece !== undefined) this.#bytes -= piece.length
    return piece
  }

  clear(): void {
    while (this.shift() !== undefined);
    this.#block = new Uint8Array(0)
    this.#start = 0
    this.#end = 0
  }

  #copy(piece: Uint8Array): void {
    if (this.#end + piece.length > this.#block.length) {
      this.#seal()
      this.#block = new Uint8Array(COPIED_BYTES)
      this.#start = 0
      this.#end = 0
    }
    this.#block.set(piece, this.#end)
    this.#end += piece.length
  }

  #seal(): void {
    if (this.#end > this.#start) this.#pieces.push(this.#block.subarray(this.#start, this.#end))
    this.#start = this.#end
  }
}

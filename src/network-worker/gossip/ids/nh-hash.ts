/** NH (nh-hash.wat) over data of any length, in WebAssembly: 17 times the speed of HalfSipHash, and no call of a library. */
import { WasmCode, type WasmFunction } from '../../../shared/web-assembly.ts'
import { CODE } from './nh-hash-code.ts'

/** What is made into one sum each. */
const BLOCK_BYTES = 4096
/** A block's, and what the second pass is shifted by. */
export const NH_KEY_BYTES = BLOCK_BYTES + 16
/** Two sums of a block. */
const SUMS_BYTES = 16
/** Data is filled with zeros to a multiple of it. */
const PAIRS_BYTES = 32

const KEY_AT = 0
/** Through which data passes: what stays in a core's own cache. */
const WINDOW_AT = 2 * BLOCK_BYTES
const WINDOW_BYTES = 8 * BLOCK_BYTES
/** The rest of the memory is for 5,631 blocks, 22 MiB: twice the longest RPC. */
const SUMS_AT = WINDOW_AT + WINDOW_BYTES
const LENGTH_BYTES = 8

export class NhHash {
  readonly #compress: WasmFunction
  readonly #bytes: Uint8Array
  readonly #view: DataView

  /** @param key of `NH_KEY_BYTES`, uniformly random */
  constructor(key: Uint8Array) {
    const code = new WasmCode(CODE)
    const { buffer } = code.memory
    this.#compress = code.functionOf('compress')
    this.#bytes = new Uint8Array(buffer)
    this.#view = new DataView(buffer)
    this.#bytes.set(key, KEY_AT)
  }

  /**
   * 16 bytes for each 4 kB, and the length. Lent until the next call. Of two different inputs of whatever lengths they are equal for one
   * key in 2⁶⁴, whoever chose them, so long as the key is secret and no value is told: NH is 2⁻³²-almost-universal on inputs of one
   * length (theorem 4.2 of the paper), and a second pass with the key shifted squares that, as in RFC 4418: of the last pair that differs,
   * it has a word of the key that the first pass has not.
   * @throws Error for more than 22 MiB, which no RPC holds
   */
  compress(data: Uint8Array): Uint8Array {
    const lengthAt = sumsAt(data.length)
    for (let from = 0; from < data.length; from += WINDOW_BYTES) {
      this.#compressWindow(data.subarray(from, from + WINDOW_BYTES), sumsAt(from))
    }
    this.#view.setFloat64(lengthAt, data.length)
    return this.#bytes.subarray(SUMS_AT, lengthAt + LENGTH_BYTES)
  }

  #compressWindow(part: Uint8Array, to: number): void {
    const end = WINDOW_AT + part.length
    const filledEnd = WINDOW_AT + Math.ceil(part.length / PAIRS_BYTES) * PAIRS_BYTES
    this.#bytes.set(part, WINDOW_AT)
    this.#bytes.fill(0, end, filledEnd)
    this.#compress(WINDOW_AT, filledEnd, KEY_AT, to)
  }
}

/** Where the sums of the blocks end that so many bytes before fill, or have begun. */
function sumsAt(bytesBefore: number): number {
  return SUMS_AT + Math.ceil(bytesBefore / BLOCK_BYTES) * SUMS_BYTES
}

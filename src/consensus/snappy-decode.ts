/**
 * Snappy's block format decoded by WebAssembly (snappy-decode.wat): a call of a library costs more than the decoding of a vote,
 * and after a pause more than that of a block of 120 kB. There is one memory to a thread, used again for each block.
 */
import { PAGE_BYTES, WasmCode, type WasmFunction, type WasmMemory } from '../shared/web-assembly.ts'
import { CODE } from './snappy-decode-code.ts'

/** Below it are the code's constants. */
const INPUT_AT = 512
/** Behind the input, and behind the result, so much may be read and written: what the code moves at once. */
const SLACK_BYTES = 64
/** Grown by so much at least, to seldom do it: 1 MiB. */
const GROWTH_PAGES = 16

class DecoderMemory {
  readonly #memory: WasmMemory
  readonly #decode: WasmFunction
  #bytes: Uint8Array

  constructor() {
    const code = new WasmCode(CODE)
    this.#memory = code.memory
    this.#decode = code.functionOf('decode')
    this.#bytes = new Uint8Array(this.#memory.buffer)
  }

  decode(compressed: Uint8Array, from: number, lengthBytes: number, front: Uint8Array): Uint8Array | undefined {
    const inputEnd = INPUT_AT + compressed.length
    const frontAt = inputEnd + SLACK_BYTES
    const start = frontAt + front.length
    const end = start + lengthBytes
    this.#reserve(end + SLACK_BYTES)
    this.#bytes.set(compressed, INPUT_AT)
    this.#bytes.set(front, frontAt)
    if (this.#decode(INPUT_AT + from, inputEnd, start, end) !== 1) return undefined
    return this.#bytes.subarray(frontAt, end)
  }

  #reserve(bytes: number): void {
    const lacking = bytes - this.#bytes.length
    if (lacking <= 0) return
    this.#memory.grow(Math.max(GROWTH_PAGES, Math.ceil(lacking / PAGE_BYTES)))
    this.#bytes = new Uint8Array(this.#memory.buffer)
  }
}

let decoder: DecoderMemory | undefined

/**
 * Decodes the elements of a block. The answer is lent: the next block of this thread overwrites it. Undefined when they are not well
 * formed, or make more or fewer bytes than that. Takes time and memory in proportion to both lengths, which the caller bounds;
 * the memory stays.
 * @param compressed the block
 * @param from where its elements begin: behind the length
 * @param lengthBytes of what they are to make
 * @param front goes before it in the answer
 * @throws RangeError when there is no memory
 */
export function decodeElements(
  compressed: Uint8Array,
  from: number,
  lengthBytes: number,
  front: Uint8Array,
): Uint8Array | undefined {
  decoder ??= new DecoderMemory()
  return decoder.decode(compressed, from, lengthBytes, front)
}

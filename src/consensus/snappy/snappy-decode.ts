/**
 * Snappy's block format decoded by WebAssembly (snappy-decode.wat): a call of a library costs more than the decoding of a vote,
 * and after a pause more than that of a block of 120 kB. There is one memory to a thread, used again for each block.
 */
import { WasmCode } from '../../shared/web-assembly.ts'
import { CODE } from './snappy-decode-code.ts'

/** Below it are the code's constants. */
const INPUT_AT = 512
/** Behind the input, and behind the result, so much may be read and written: what the code moves at once. */
const SLACK_BYTES = 64

const code = new WasmCode(CODE)
const decode = code.functionOf('decode')
const memory = new Uint8Array(code.memory.buffer)

/**
 * Decodes the elements of a block. The answer is lent: the next block of this thread overwrites it. Undefined when they are not well
 * formed, or make more or fewer bytes than that. Takes time in proportion to both lengths.
 * @param compressed the block
 * @param from where its elements begin: behind the length
 * @param lengthBytes of what they are to make: with the block at most what a payload of MAX_PAYLOAD_SIZE takes
 * @param front goes before it in the answer: up to 1 kB
 */
export function decodeElements(
  compressed: Uint8Array,
  from: number,
  lengthBytes: number,
  front: Uint8Array,
): Uint8Array | undefined {
  const inputEnd = INPUT_AT + compressed.length
  const frontAt = inputEnd + SLACK_BYTES
  const start = frontAt + front.length
  const end = start + lengthBytes
  memory.set(compressed, INPUT_AT)
  memory.set(front, frontAt)
  return decode(INPUT_AT + from, inputEnd, start, end) === 1 ? memory.subarray(frontAt, end) : undefined
}

/** The other side breaks multistream-select, or proposes without end. */
export class NegotiationError extends Error {
  override readonly name = 'NegotiationError'
}

/** As go-multistream and libp2p have it: no protocol's name is longer, with the newline at its end. */
const MAX_PROPOSAL_BYTES = 1024
const NEWLINE = 0x0a

/**
 * Finds proposals in bytes that come in pieces: the length as a varint, the name, a newline (multistream-select 1.0). Holds one
 * unfinished proposal and what came in one piece with its end.
 */
export class ProposalReader {
  #bytes: Uint8Array = new Uint8Array()

  /** What came behind the last proposal. */
  get rest(): Uint8Array {
    return this.#bytes
  }

  /** Adds bytes; all that is whole must have been taken before. */
  push(bytes: Uint8Array): void {
    this.#bytes = this.#bytes.length === 0 ? bytes : joined(this.#bytes, bytes)
  }

  /** The next name, undefined while it is not whole. @throws NegotiationError when it is none */
  next(): string | undefined {
    const name = this.#cut()
    // As a view it would keep the whole stretch that it came in.
    if (name === undefined && this.#bytes.buffer.byteLength > this.#bytes.length)
      this.#bytes = new Uint8Array(this.#bytes)
    return name
  }

  #cut(): string | undefined {
    const length = this.#length()
    if (length === undefined) return undefined
    const start = length < 0x80 && (this.#bytes[0] ?? 0) < 0x80 ? 1 : 2
    const end = start + length
    if (length > MAX_PROPOSAL_BYTES) throw new NegotiationError(`a protocol's name of ${length} bytes`)
    if (length === 0) throw new NegotiationError('a protocol without a name')
    if (this.#bytes.length < end) return undefined
    if (this.#bytes[end - 1] !== NEWLINE) throw new NegotiationError("no newline behind a protocol's name")
    const name = Buffer.from(this.#bytes.subarray(start, end - 1)).toString()
    this.#bytes = this.#bytes.subarray(end)
    return name
  }

  #length(): number | undefined {
    const [first, second] = this.#bytes
    if (first === undefined || first < 0x80) return first
    if (second === undefined) return undefined
    if (second >= 0x80) throw new NegotiationError("a protocol's name of more than 16 KiB")
    return (first & 0x7f) | (second << 7)
  }
}

/** Of a size of its own: Buffer.concat would keep a part of the pool for it. */
function joined(front: Uint8Array, back: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(front.length + back.length)
  bytes.set(front)
  bytes.set(back, front.length)
  return bytes
}

/** A name as it is sent. */
export function encodedProposal(name: string): Uint8Array {
  const bytes = Buffer.from(`${name}\n`)
  const { length } = bytes
  return Buffer.concat([
    length < 0x80 ? Uint8Array.of(length) : Uint8Array.of((length & 0x7f) | 0x80, length >> 7),
    bytes,
  ])
}

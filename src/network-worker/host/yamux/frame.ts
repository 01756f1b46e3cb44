/** Frames of yamux as they are on the wire: hashicorp/yamux spec.md, "Framing", and libp2p/specs yamux, which copies it. */

/** Version, type, flags, stream id and length. */
export const HEADER_BYTES = 12
export const VERSION = 0

export const FRAME_TYPE = { data: 0, windowUpdate: 1, ping: 2, goAway: 3 } as const

export const FLAG = {
  /** Opens a stream; asks, with a ping. */
  syn: 1,
  /** Accepts a stream; answers, with a ping. */
  ack: 2,
  /** No more data will come. */
  fin: 4,
  /** The stream is over at once. */
  rst: 8,
} as const

/** Why a session ends ("Session termination"). */
export const GO_AWAY = { normal: 0, protocolError: 1, internalError: 2 } as const

/** What either side may send on a new stream before it was granted more ("Flow Control"). */
export const INITIAL_WINDOW_BYTES = 256 * 1024

/** Ids, windows and lengths are 32 bits wide. */
export const MAX_UINT32 = 2 ** 32 - 1

/** Headers in one allocation. */
const SLAB_HEADERS = 256

/** Writes `value` as 32 bits, big-endian. */
function putUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

/** Writes headers. They are cut from larger allocations and never written to again: whoever gets one may keep it. */
export class HeaderWriter {
  #slab = new Uint8Array(0)
  #used = 0

  /** @param length payload bytes of data, the grant of a window update, a ping's value, a go-away's code */
  write(type: number, flags: number, streamId: number, length: number): Uint8Array {
    if (this.#used === this.#slab.length) {
      this.#slab = new Uint8Array(SLAB_HEADERS * HEADER_BYTES)
      this.#used = 0
    }
    const header = this.#slab.subarray(this.#used, this.#used + HEADER_BYTES)
    this.#used += HEADER_BYTES
    header[1] = type
    header[2] = flags >>> 8
    header[3] = flags
    putUint32(header, 4, streamId)
    putUint32(header, 8, length)
    return header
  }
}

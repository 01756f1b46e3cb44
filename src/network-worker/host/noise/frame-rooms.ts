/** Rooms of one length, used again. What is kept is bounded; whoever holds more makes more. */
class RoomStock {
  readonly #bytes: number
  readonly #mostKept: number
  readonly #kept: Uint8Array[] = []

  constructor(bytes: number, mostKept: number) {
    this.#bytes = bytes
    this.#mostKept = mostKept
  }

  take(): Uint8Array {
    return this.#kept.pop() ?? Buffer.allocUnsafeSlow(this.#bytes)
  }

  giveBack(room: Uint8Array): void {
    if (this.#kept.length < this.#mostKept) this.#kept.push(room)
  }
}

/** The longest frame with its length. */
export const LONG_ROOM_BYTES = 2 + 65_535
/** For the beginning of a frame, or a short one: a mere announcement is to cost no more memory. */
export const SHORT_ROOM_BYTES = 4096
/** As many frames as come in pieces at once from the few peers that send a block at the same time: 256 kB. */
const LONG_ROOMS_KEPT = 4
/** Of short ones, 64 kB. */
const SHORT_ROOMS_KEPT = 16

/** Where frames that come in pieces are put together, for all connections of a node: a room is lent until its frame was opened. */
export class FrameRooms {
  readonly #long = new RoomStock(LONG_ROOM_BYTES, LONG_ROOMS_KEPT)
  readonly #short = new RoomStock(SHORT_ROOM_BYTES, SHORT_ROOMS_KEPT)

  /** A room of at least so many bytes, with anything in it. At most the longest frame. */
  take(bytes: number): Uint8Array {
    return (bytes <= SHORT_ROOM_BYTES ? this.#short : this.#long).take()
  }

  /** Nobody looks at it any more. */
  giveBack(room: Uint8Array): void {
    if (room.length === LONG_ROOM_BYTES) this.#long.giveBack(room)
    else if (room.length === SHORT_ROOM_BYTES) this.#short.giveBack(room)
  }
}

import { MESSAGE_ID_BYTES } from '../../../consensus/message-id.ts'
import { toHex } from '../../../shared/hex.ts'
import type { MsgIdStr } from '../../../shared/ids.ts'

/** Ids that are remembered: blocks and columns of a slot, of which all peers speak within the same seconds, doubled. */
const SLOTS = 256

/**
 * The names of message ids, as lower-case hex. Of a large message every peer of the mesh says IDONTWANT: its name is made for
 * the first of them, and the others' books hold the same string.
 */
export class IdNames {
  /** One id a slot, the newest with that first byte. */
  readonly #ids = new Uint8Array(SLOTS * MESSAGE_ID_BYTES)
  readonly #names = new Array<MsgIdStr>(SLOTS).fill('0'.repeat(2 * MESSAGE_ID_BYTES))

  of(id: Uint8Array): MsgIdStr {
    const [slot] = id
    if (slot === undefined || id.length !== MESSAGE_ID_BYTES) return toHex(id)
    const known = this.#isAt(slot, id) ? this.#names[slot] : undefined
    return known ?? this.#add(slot, id)
  }

  #isAt(slot: number, id: Uint8Array): boolean {
    const start = slot * MESSAGE_ID_BYTES
    for (let i = 0; i < MESSAGE_ID_BYTES; i++) if (this.#ids[start + i] !== id[i]) return false
    return true
  }

  #add(slot: number, id: Uint8Array): MsgIdStr {
    const name = toHex(id)
    this.#ids.set(id, slot * MESSAGE_ID_BYTES)
    this.#names[slot] = name
    return name
  }
}

import { MESSAGE_ID_BYTES } from '../../../consensus/message-id.ts'

/** Field numbers and wire types: RPC.control, ControlMessage.idontwant, ControlIDontWant.messageIDs (gossipsub-v1.2.md). */
const CONTROL = 0x1a
const IDONTWANT = 0x2a
const MESSAGE_IDS = 0x0a
/** Each field is its tag and its length, one byte each, and what is in it. */
const FIELD_BYTES = 2
const IN_IDONTWANT_BYTES = FIELD_BYTES + MESSAGE_ID_BYTES
const IN_CONTROL_BYTES = FIELD_BYTES + IN_IDONTWANT_BYTES
const RPC_BYTES = FIELD_BYTES + IN_CONTROL_BYTES

const HEAD = Uint8Array.of(
  ...[RPC_BYTES, CONTROL, IN_CONTROL_BYTES, IDONTWANT, IN_IDONTWANT_BYTES, MESSAGE_IDS, MESSAGE_ID_BYTES],
)

/** Of an RPC that says IDONTWANT of one message, with the length before it. */
export const UNWANTED_FRAME_BYTES = HEAD.length + MESSAGE_ID_BYTES

/** An RPC that says IDONTWANT of one message, with the length before it, in `room`, which is as long as it. */
export function writeUnwantedFrame(room: Uint8Array, msgId: Uint8Array): Uint8Array {
  room.set(HEAD)
  room.set(msgId, HEAD.length)
  return room
}

/** As `writeUnwantedFrame`, in an array of its own. */
export function unwantedFrame(msgId: Uint8Array): Uint8Array {
  return writeUnwantedFrame(new Uint8Array(UNWANTED_FRAME_BYTES), msgId)
}

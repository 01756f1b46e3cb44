/**
 * What goes over a Req/Resp stream (consensus-specs phase0 p2p-interface, "Encoding strategies"): a request is
 * uvarint(SSZ length) and snappy frames; a response chunk has a result byte before that.
 */
import { encodeFrames } from '../../../consensus/snappy/snappy-frames.ts'
import { MAX_ERROR_BYTES } from '../protocols.ts'

/** `value` as an unsigned varint. */
export function encodeUvarint(value: number): Uint8Array {
  const bytes: number[] = []
  let left = value
  while (left >= 0x80) {
    bytes.push((left % 0x80) | 0x80)
    left = Math.floor(left / 0x80)
  }
  bytes.push(left)
  return Uint8Array.from(bytes)
}

/** A request body on the wire. An empty one is no bytes at all, not a zero length. */
export function encodeRequest(ssz: Uint8Array): Uint8Array {
  if (ssz.length === 0) return ssz
  return Buffer.concat([encodeUvarint(ssz.length), encodeFrames(ssz)])
}

/** One response chunk on the wire, without context bytes: no protocol served here has them. */
export function encodeResponse(resultCode: number, ssz: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(resultCode), encodeUvarint(ssz.length), encodeFrames(ssz)])
}

/** An error chunk; `text` is cut at 256 bytes. */
export function encodeErrorResponse(resultCode: number, text: string): Uint8Array {
  return encodeResponse(resultCode, Buffer.from(text).subarray(0, MAX_ERROR_BYTES))
}

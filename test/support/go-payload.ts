/** What the Go generators send (test/interop/go-peer/payload.go). */

/**
 * A number that is written into each payload, as a little-endian u64: the slot, its epoch, when it begins in seconds of
 * Unix time, the number at the end of the topic's name, how many payloads the topic had before, or another number for
 * each payload, in no order.
 */
export interface PayloadStamp {
  readonly offset: number
  readonly value: 'slot' | 'epoch' | 'slotStart' | 'topicNumber' | 'turn' | 'serial'
  /** Of `turn` and `serial`: they stay below it. A power of two for `serial`. */
  readonly below?: number
}

export interface PayloadShape {
  readonly sizeBytes: number
  /** Where the slot stands in a made-up object. */
  readonly slotOffset?: number
  /** First four bytes of a made-up object: the first SSZ offset of a signed container. */
  readonly bodyOffset?: number
  /** An object to send instead of a made-up one, or several of `sizeBytes` each, sent in turn; base64. */
  readonly template?: string
  /** What is written into each payload. Without it, a serial number becomes the last 8 bytes. */
  readonly stamps?: readonly PayloadStamp[]
}

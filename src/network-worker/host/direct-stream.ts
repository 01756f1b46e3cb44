/** The short way between our own noise and our own muxer: bytes by function calls, without an event or a list for each. */

/** What a secured connection of ours offers beside libp2p's interface. Whoever does not know it loses nothing but time. */
export interface DirectStream {
  /**
   * From now on each stretch of received bytes goes to `consume`, in order, and no 'message' event is needed for them.
   * The bytes are lent: whoever wants them after `consume` returns copies them. At most one consumer, and no listener to
   * 'message' beside it. What `consume` throws ends the connection.
   */
  consumeDirectly(consume: (bytes: Uint8Array) => void): void
  /**
   * Sends pieces as if they were one, in one write; the same rules, answer and errors as `send`. The caller no longer
   * changes them: what does not fit is kept as it is until the 'drain' event.
   * @param firstBytes as many of them, at most `NOISE_PLAINTEXT_BYTES`, can be read before the rest has come
   */
  sendPieces(pieces: readonly Uint8Array[], firstBytes?: number): boolean
}

/** Most plaintext bytes of one noise frame (65,535 less the tag of 16): pieces that come to a little more cost a frame more. */
export const NOISE_PLAINTEXT_BYTES = 65_519

export function isDirectStream(stream: object): stream is DirectStream {
  return 'consumeDirectly' in stream && 'sendPieces' in stream
}

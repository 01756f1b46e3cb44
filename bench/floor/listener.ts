/** What the process that is measured offers, whichever the transport. */

/** One connection on which messages go out. */
export interface Link {
  /** Sends a message, whose bytes must not change any more. @returns how many bytes the other end will count */
  send(message: Uint8Array): number
}

export interface FloorListener {
  /** The multiaddr to be dialled; over QUIC it ends in /p2p/. */
  readonly address: string
  /** Bytes of messages that came so far, without what carries them. */
  readonly receivedBytes: number
  /** Ways to those who connected, once there are so many. @throws Error when they do not come within 10 s */
  links(count: number): Promise<readonly Link[]>
}

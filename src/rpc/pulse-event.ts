/** What the worker tells of itself once a slot. */

/** Totals since start; a reader takes differences. */
export interface CountersView {
  readonly receivedMessages: number
  readonly receivedBytes: number
  readonly duplicateMessages: number
  readonly forwardedMessages: number
  readonly forwardedBytes: number
  readonly acceptedMessages: number
  readonly ignoredMessages: number
  readonly rejectedMessages: number
  /** Copies that did not reach a peer and messages there was no room for, for whatever reason (`DropReason`). */
  readonly droppedMessages: number
  readonly acceptedBlocks: number
}

export interface PulseEvent {
  readonly slot: number
  readonly atMs: number
  readonly peers: number
  readonly blockMeshPeers: number
  readonly topics: number
  readonly counters: CountersView
  /** First byte of a message's RPC in our hands to its last forward handed to a stream, over the last pulse. */
  readonly forwardP50Ms: number
  readonly forwardP99Ms: number
  /** Longest event-loop delay of the network thread over the last pulse, of those read five times a second. */
  readonly loopDelayMaxMs: number
}

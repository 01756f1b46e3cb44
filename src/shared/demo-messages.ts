/**
 * What the demo's swarm, a process of its own, and its parent tell each other over the child's IPC channel. Plain data.
 * The parent begins: it starts the swarm with the directory to work in as its only argument.
 */

/** Totals since start; a reader takes differences. */
export interface SwarmReport {
  /** The slot that has just ended. */
  readonly slot: number
  /** Peers of the swarm connected to the relay. */
  readonly connectedPeers: number
  readonly publishedMessages: number
  /** Receipts that follow if the relay forwards everything to every other connected peer of the swarm. */
  readonly expectedDeliveries: number
  readonly deliveredMessages: number
  /** False while the blobs are still computed: until then blocks go without columns. */
  readonly hasColumns: boolean
}

export type FromSwarm =
  /** The network is written where the relay's `--network-dir` can read it. */
  | { readonly type: 'network'; readonly networkDir: string }
  /** At the end of each slot with traffic. */
  | { readonly type: 'report'; readonly report: SwarmReport }
  /** The swarm cannot go on and ends. */
  | { readonly type: 'failed'; readonly message: string }

export type ToSwarm =
  /** A multiaddr of the relay with its peer id: connect and begin. */
  { readonly type: 'relay'; readonly address: string } | { readonly type: 'stop' }

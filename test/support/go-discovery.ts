/**
 * Nodes of go-ethereum's discv5 in one process (test/interop/go-peer/discovery.go), each with a go-libp2p host on the
 * same key and address, which waits to be found: it answers what a consensus peer is asked and dials nobody.
 */
import { goPeerBinary } from './go-build.ts'
import type { GoView } from './go-peer.ts'
import { JsonLineProcess } from './json-line-process.ts'

/** The consensus fields of a record, hex; one that is left out is not in it. */
export interface RecordFields {
  readonly eth2?: string
  readonly nfd?: string
  readonly attnets?: string
  readonly syncnets?: string
  readonly cgc?: number
}

export interface DiscoveryNodeOptions extends RecordFields {
  /** An IPv4 address of loopback that is the node's alone. */
  readonly address: string
  readonly view: GoView
  /** The record lacks the TCP port; the host listens all the same. */
  readonly hidesTcp?: boolean
}

export interface DiscoveryNode {
  readonly peerId: string
  /** 64 hex digits. */
  readonly nodeId: string
  readonly enr: string
}

/** Somebody opened a libp2p connection to a node, or closed it. */
export interface FoundEvent {
  readonly event: 'found' | 'left'
  /** Peer id of the node. */
  readonly node: string
  readonly peer: string
  /** Unix ms. */
  readonly atMs: number
}

export interface DiscoveryNodeState {
  readonly peerId: string
  readonly tableSize: number
  /** Those of the table that answered a check. */
  readonly live: number
  /** The record it holds of the node asked about; empty when it is not in its table. */
  readonly held: string
}

/** What a node was told of a record by its owner: one of the two is empty. */
export interface AskedRecord {
  readonly peerId: string
  readonly enr: string
  readonly error: string
}

/** Hosts are made one after the other. */
const START_TIMEOUT_MS = 30_000

export class GoDiscovery implements AsyncDisposable {
  readonly #process: JsonLineProcess<FoundEvent>

  private constructor(process: JsonLineProcess<FoundEvent>) {
    this.#process = process
  }

  /** Builds the Go program if need be. */
  static async create(): Promise<GoDiscovery> {
    return new GoDiscovery(new JsonLineProcess<FoundEvent>(await goPeerBinary()))
  }

  get pid(): number {
    return this.#process.pid
  }

  /** All connections opened by others so far, and their ends. */
  get events(): readonly FoundEvent[] {
    return this.#process.events
  }

  /** Starts nodes, in this order; all know the bootnodes and the first of them. */
  start(nodes: readonly DiscoveryNodeOptions[], bootnodes: readonly string[] = []): Promise<readonly DiscoveryNode[]> {
    return this.#process.call('discoveryStart', { nodes, bootnodes }, START_TIMEOUT_MS)
  }

  /** What each node knows, and the record it holds of one node id. */
  state(nodeId = ''): Promise<readonly DiscoveryNodeState[]> {
    return this.#process.call('discoveryState', { nodeId })
  }

  /** Makes each node ask the owner of a record for it, over discv5. */
  ask(enr: string): Promise<readonly AskedRecord[]> {
    return this.#process.call('discoveryAsk', { enr })
  }

  /** Changes fields of a node's record, as at a fork. */
  setRecord(peerId: string, fields: RecordFields): Promise<DiscoveryNode> {
    return this.#process.call('discoveryRecord', { peerId, ...fields })
  }

  /** Ends the process: connections close, nodes fall silent. Idempotent. */
  stop(): Promise<void> {
    return this.#process.stop()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}

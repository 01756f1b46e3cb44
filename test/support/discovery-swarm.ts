/**
 * A network of discv5 nodes in a process of its own, each with a libp2p host on the same key and address, which waits
 * to be found: it answers what a consensus peer is asked and dials nobody. Two programs speak this protocol:
 * go-ethereum's discv5 under go-libp2p (test/interop/go-peer/discovery.go), and @chainsafe/discv5 under js-libp2p
 * (discovery-swarm-process.ts).
 */
import { fileURLToPath } from 'node:url'
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

export interface SwarmNodeOptions extends RecordFields {
  /** An IPv4 address of loopback that is the node's alone. */
  readonly address: string
  readonly view: GoView
  /** The record lacks the TCP port; the host listens all the same. */
  readonly hidesTcp?: boolean
}

export interface SwarmNode {
  readonly peerId: string
  /** 64 hex digits. */
  readonly nodeId: string
  readonly enr: string
}

/** Somebody opened a libp2p connection to a node, or it was closed. */
export interface FoundEvent {
  readonly event: 'found' | 'left'
  /** Peer id of the node. */
  readonly node: string
  readonly peer: string
  /** Unix ms. */
  readonly atMs: number
}

export interface SwarmNodeState {
  readonly peerId: string
  readonly tableSize: number
  /** Those of the table that answer. */
  readonly live: number
  /** The record it holds of the node asked about; empty when that is not in its table. */
  readonly held: string
}

/** What a node was told of a record by its owner: one of the two is empty. */
export interface AskedRecord {
  readonly peerId: string
  readonly enr: string
  readonly error: string
}

/** Hosts are made one after the other, and each meets a few others. */
const START_TIMEOUT_MS = 60_000
const PROCESS = fileURLToPath(new URL('./discovery-swarm-process.ts', import.meta.url))

export class DiscoverySwarm implements AsyncDisposable {
  readonly #process: JsonLineProcess<FoundEvent>

  private constructor(process: JsonLineProcess<FoundEvent>) {
    this.#process = process
  }

  /** Nodes of go-ethereum; builds the program if need be. */
  static async go(): Promise<DiscoverySwarm> {
    return new DiscoverySwarm(new JsonLineProcess<FoundEvent>(await goPeerBinary()))
  }

  /** Nodes of the library that the relay uses too, without the relay's code around it. */
  static js(): DiscoverySwarm {
    const args = ['--disable-warning=ExperimentalWarning', PROCESS]
    return new DiscoverySwarm(new JsonLineProcess<FoundEvent>(process.execPath, args))
  }

  get pid(): number {
    return this.#process.pid
  }

  /** All connections opened by others so far, and their ends. */
  get events(): readonly FoundEvent[] {
    return this.#process.events
  }

  /** Starts nodes, in this order; all know the bootnodes, and without any the first of them. */
  start(nodes: readonly SwarmNodeOptions[], bootnodes: readonly string[] = []): Promise<readonly SwarmNode[]> {
    return this.#process.call('discoveryStart', { nodes, bootnodes }, START_TIMEOUT_MS)
  }

  /** What each node knows, and the record it holds of one node id. */
  state(nodeId = ''): Promise<readonly SwarmNodeState[]> {
    return this.#process.call('discoveryState', { nodeId })
  }

  /** Makes each node ask the owner of a record for it, over discv5. */
  ask(enr: string): Promise<readonly AskedRecord[]> {
    return this.#process.call('discoveryAsk', { enr })
  }

  /** Changes fields of a node's record, as at a fork. */
  setRecord(peerId: string, fields: RecordFields): Promise<SwarmNode> {
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

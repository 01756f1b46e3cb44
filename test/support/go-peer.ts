/**
 * A consensus peer on go-libp2p as a child process (test/interop/go-peer): what the relay meets on a real network,
 * written by nobody who wrote the relay's libp2p.
 */
import { goPeerBinary } from './go-build.ts'
import { JsonLineProcess } from './json-line-process.ts'

export interface GoStatus {
  readonly forkDigest: string
  readonly finalizedRoot: string
  readonly finalizedEpoch: number
  readonly headRoot: string
  readonly headSlot: number
  readonly earliestSlot: number
}

export interface GoMetadata {
  readonly seqNumber: number
  /** Hex without prefix. */
  readonly attnets: string
  readonly syncnets: string
  readonly custodyGroupCount: number
}

/** What a Go peer says about itself. Roots left out are zero. */
export interface GoView {
  readonly status: Partial<GoStatus>
  readonly metadata: Partial<GoMetadata>
}

export interface GoPeerOptions {
  /** Default both. */
  readonly transports?: readonly ('tcp' | 'quic')[]
  readonly view?: GoView
  readonly gossip?: {
    readonly d?: number
    readonly dLow?: number
    readonly dHigh?: number
  }
}

/** The protocols of Req/Resp by the short names of the specification. */
export type RpcName = 'status/1' | 'status/2' | 'ping/1' | 'metadata/1' | 'metadata/2' | 'metadata/3' | 'goodbye/1'

/** Served by those who were told to serve blocks. */
const BLOCKS_BY_RANGE = 'beacon_blocks_by_range/2'

/** A request for blocks by range, without its step. */
export interface GoBlockRange {
  readonly startSlot: number
  readonly count: number
}

export interface MessageEvent {
  readonly event: 'message'
  readonly topic: string
  /** 20 bytes of hex. */
  readonly id: string
  readonly from: string
  /** Compressed and decompressed size; the second is -1 for bad snappy. */
  readonly sizeBytes: number
  readonly sszBytes: number
  /** Hash of the compressed bytes. */
  readonly dataSha256: string
  readonly receivedAtNs: string
}
export interface MeshEvent {
  readonly event: 'mesh'
  readonly kind: 'graft' | 'prune'
  readonly topic: string
  readonly peer: string
}
/** GRAFTs and PRUNEs of one RPC, as the peer's pubsub saw it on the wire. */
export interface ControlEvent {
  readonly event: 'control'
  readonly direction: 'in' | 'out'
  readonly peer: string
  readonly graft?: readonly string[]
  readonly prune?: readonly { readonly topic: string; readonly backoffSecs: number }[]
}
export interface RequestEvent {
  readonly event: 'request'
  readonly peer: string
  readonly protocol: RpcName | typeof BLOCKS_BY_RANGE
  readonly body?: GoStatus | GoBlockRange | string
  readonly error?: string
}
export interface UnwantedEvent {
  readonly event: 'idontwant'
  readonly peer: string
  readonly ids: readonly string[]
}
export interface ConnectionEvent {
  readonly event: 'connected' | 'disconnected'
  readonly peer: string
}
export type GoEvent = MessageEvent | MeshEvent | ControlEvent | UnwantedEvent | RequestEvent | ConnectionEvent

export interface Published {
  readonly id: string
  readonly sizeBytes: number
  readonly sszBytes: number
  readonly dataSha256: string
}

/**
 * SSZ bytes, a made-up payload of a size (half of it compressible; with a slot it could be a SignedBeaconBlock), or
 * bytes that go out as they are.
 */
export type PublishBody =
  | { readonly ssz: Uint8Array }
  | { readonly sizeBytes: number; readonly slot?: number }
  | { readonly raw: Uint8Array }

/** SignedBeaconBlock: the first offset, 100, is that of the message, at whose start its slot stands. */
const BLOCK_SHAPE = { bodyOffset: 100, slotOffset: 100 }

export interface RpcReply<Body> {
  /** 0 is success; then there is a body, else a message. */
  readonly code: number
  readonly body?: Body
  readonly message?: string
  readonly durationMs: number
}
export interface RawReply {
  /** Hex of everything that came back, at most 64 KiB. */
  readonly reply: string
  /** `eof`, `reset`, `timeout`, or why the stream could not be opened. */
  readonly ended: string
}

/** How a protocol is answered instead of truthfully. */
export type GoBehaviour =
  | { readonly mode: 'answer' | 'silent' | 'reset' }
  | { readonly mode: 'error'; readonly code: number; readonly message: string }
  | { readonly mode: 'raw'; readonly raw: string }

export interface ConnectedPeer {
  readonly peerId: string
  readonly agent: string
  readonly transport: 'tcp' | 'quic'
  readonly inbound: boolean
  readonly protocols: readonly string[]
}

const EVENT_TIMEOUT_MS = 30_000
/** A Go peer gives a request 10 s, or 15 s when it only watches; its answer takes a little longer to get here. */
const REQUEST_TIMEOUT_MS = 20_000

export class GoPeer implements AsyncDisposable {
  readonly peerId: string
  /** Multiaddrs with /p2p/. */
  readonly addresses: readonly string[]
  readonly #process: JsonLineProcess<GoEvent>

  private constructor(process: JsonLineProcess<GoEvent>, peerId: string, addresses: readonly string[]) {
    this.#process = process
    this.peerId = peerId
    this.addresses = addresses
  }

  /** Builds the peer if need be and starts it listening on loopback. */
  static async start(options: GoPeerOptions = {}): Promise<GoPeer> {
    const { transports = ['tcp', 'quic'], view = { status: {}, metadata: {} }, gossip = {} } = options
    const process = new JsonLineProcess<GoEvent>(await goPeerBinary())
    const host = { tcp: transports.includes('tcp'), quic: transports.includes('quic') }
    try {
      const started = await process.call<{ peerId: string; addresses: string[] }>('start', { host, gossip, view })
      return new GoPeer(process, started.peerId, started.addresses)
    } catch (error) {
      await process.stop()
      throw error
    }
  }

  get pid(): number {
    return this.#process.pid
  }

  /** All events so far. */
  get events(): readonly GoEvent[] {
    return this.#process.events
  }

  /** The listening address of one transport. */
  address(transport: 'tcp' | 'quic'): string {
    const found = this.addresses.find((address) => address.includes(transport === 'tcp' ? '/tcp/' : '/quic-v1'))
    if (found === undefined) throw new Error(`the Go peer does not listen on ${transport}`)
    return found
  }

  dial(address: string): Promise<{ readonly peerId: string; readonly transport: 'tcp' | 'quic' }> {
    return this.#process.call('dial', { address })
  }

  disconnect(peer: string): Promise<void> {
    return this.#process.call('disconnect', { peer })
  }

  peers(): Promise<readonly ConnectedPeer[]> {
    return this.#process.call('peers')
  }

  subscribe(...topics: string[]): Promise<void> {
    return this.#process.call('subscribe', { topics })
  }

  leave(topic: string): Promise<void> {
    return this.#process.call('leave', { topic })
  }

  /** Ids of the peers in this peer's mesh of a topic. */
  mesh(topic: string): Promise<readonly string[]> {
    return this.#process.call('mesh', { topic })
  }

  publish(topic: string, body: PublishBody): Promise<Published> {
    if ('sizeBytes' in body) {
      const { sizeBytes, slot } = body
      const shape = slot === undefined ? { sizeBytes } : { sizeBytes, ...BLOCK_SHAPE }
      return this.#process.call('publish', { topic, shape, slot })
    }
    if ('raw' in body) return this.#process.call('publish', { topic, raw: Buffer.from(body.raw).toString('hex') })
    return this.#process.call('publish', { topic, ssz: Buffer.from(body.ssz).toString('hex') })
  }

  setView(view: GoView): Promise<void> {
    return this.#process.call('setView', view)
  }

  /** From now on requests for blocks by range are answered with made-up ones. */
  serveBlocks(forkDigest: string, sizeBytes: number): Promise<void> {
    return this.#process.call('serveBlocks', { forkDigest, sizeBytes })
  }

  behave(protocol: RpcName, behaviour: GoBehaviour): Promise<void> {
    return this.#process.call('behave', { protocol, ...behaviour })
  }

  /** Sends a request and decodes the answer; `value` is the number in a ping or goodbye. */
  request<Body = string>(peer: string, protocol: RpcName, value?: bigint): Promise<RpcReply<Body>> {
    const args = value === undefined ? { peer, protocol } : { peer, protocol, value: String(value) }
    return this.#process.call('request', args, REQUEST_TIMEOUT_MS)
  }

  /** Writes bytes on a stream of any protocol id; `halfClose` false keeps our half open as a staller would. */
  rawRequest(peer: string, protocolId: string, data: Uint8Array, halfClose = true): Promise<RawReply> {
    const args = { peer, protocolId, data: Buffer.from(data).toString('hex'), halfClose }
    return this.#process.call('rawRequest', args, REQUEST_TIMEOUT_MS)
  }

  /** compute_fork_digest of fulu, as written in Go. */
  forkDigest(input: {
    readonly forkVersion: string
    readonly genesisValidatorsRoot: string
    readonly blobEpoch: number
    readonly maxBlobs: number
  }): Promise<string> {
    return this.#process.call('digest', input)
  }

  waitForMessage(id: string, timeoutMs = EVENT_TIMEOUT_MS): Promise<MessageEvent> {
    const matches = (event: GoEvent): event is MessageEvent => event.event === 'message' && event.id === id
    return this.#process.waitFor(`message ${id}`, matches, timeoutMs)
  }

  /** The message whose compressed bytes have this SHA-256. */
  waitForData(dataSha256: string, timeoutMs = EVENT_TIMEOUT_MS): Promise<MessageEvent> {
    const matches = (event: GoEvent): event is MessageEvent =>
      event.event === 'message' && event.dataSha256 === dataSha256
    return this.#process.waitFor(`data ${dataSha256}`, matches, timeoutMs)
  }

  waitForMesh(kind: 'graft' | 'prune', topic: string, peer: string, timeoutMs = EVENT_TIMEOUT_MS): Promise<MeshEvent> {
    const matches = (event: GoEvent): event is MeshEvent =>
      event.event === 'mesh' && event.kind === kind && event.topic === topic && event.peer === peer
    return this.#process.waitFor(`${kind} of ${peer} in ${topic}`, matches, timeoutMs)
  }

  /** The IDONTWANT that names a message. */
  waitForUnwanted(id: string, peer: string, timeoutMs = EVENT_TIMEOUT_MS): Promise<UnwantedEvent> {
    const matches = (event: GoEvent): event is UnwantedEvent =>
      event.event === 'idontwant' && event.peer === peer && event.ids.includes(id)
    return this.#process.waitFor(`IDONTWANT ${id}`, matches, timeoutMs)
  }

  waitForRequest(protocol: RpcName, peer: string, timeoutMs = EVENT_TIMEOUT_MS): Promise<RequestEvent> {
    const matches = (event: GoEvent): event is RequestEvent =>
      event.event === 'request' && event.protocol === protocol && event.peer === peer
    return this.#process.waitFor(`${protocol} request from ${peer}`, matches, timeoutMs)
  }

  waitForDisconnect(peer: string, timeoutMs = EVENT_TIMEOUT_MS): Promise<ConnectionEvent> {
    const matches = (event: GoEvent): event is ConnectionEvent => event.event === 'disconnected' && event.peer === peer
    return this.#process.waitFor(`loss of ${peer}`, matches, timeoutMs)
  }

  /** Ends the process: its peers see the connections close. Idempotent. */
  stop(): Promise<void> {
    return this.#process.stop()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}

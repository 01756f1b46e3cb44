/**
 * A peer on go-libp2p that speaks gossipsub by hand (test/interop/go-peer/wire.go): it writes what it is told, and
 * reports each RPC that comes in. For what a well-behaved gossipsub never sends.
 */
import { createHash } from 'node:crypto'
import { goPeerBinary } from './go-build.ts'
import type { ConnectionEvent, GoView, RawReply, RequestEvent } from './go-peer.ts'
import { JsonLineProcess } from './json-line-process.ts'

/** One RPC: ids and data in hex, data compressed; what is left out is not sent. */
export interface WireRpc {
  readonly subscribe?: readonly string[]
  readonly unsubscribe?: readonly string[]
  readonly publish?: readonly { readonly topic: string; readonly data: string; readonly id?: string }[]
  readonly graft?: readonly string[]
  readonly prune?: readonly { readonly topic: string; readonly backoffSecs: number }[]
  readonly ihave?: readonly { readonly topic: string; readonly ids: readonly string[] }[]
  readonly iwant?: readonly string[]
  readonly idontwant?: readonly string[]
}

export interface RpcEvent {
  readonly event: 'rpc'
  readonly peer: string
  /** Unix time at which it was read. */
  readonly atNs: string
  readonly rpc: WireRpc
}
interface WireStarted {
  readonly peerId: string
  readonly addresses: readonly string[]
}
type WireEvent = RpcEvent | ConnectionEvent | RequestEvent

/** A request written by hand: the bytes as they are, and whether our half of the stream is closed after them. */
export interface RawRequest {
  /** Whole protocol id. */
  readonly protocolId: string
  readonly data: Uint8Array
  /** Default true. */
  readonly halfClose?: boolean
}

/** What became of coming back; `why` is empty when it was accepted. */
export interface Redial {
  readonly refused: boolean
  readonly why: string
}

export interface WirePeerOptions {
  readonly transport?: 'tcp' | 'quic'
  /** Address of loopback that it listens on and, over TCP, dials from; and what it says it runs. */
  readonly host?: { readonly address?: string; readonly agent?: string }
  readonly view?: GoView
  /** Answers each GRAFT with a PRUNE: such a peer is only ever gossiped with. */
  readonly refusesGrafts?: boolean
}

const EVENT_TIMEOUT_MS = 30_000
/** A whole flood is answered at once; the relay's patience with one request is 10 s. */
const FLOOD_TIMEOUT_MS = 25_000

function isGoodbye(event: WireEvent): event is RequestEvent {
  return event.event === 'request' && event.protocol === 'goodbye/1'
}

export class GoWirePeer implements AsyncDisposable {
  readonly peerId: string
  /** Multiaddrs with /p2p/. */
  readonly addresses: readonly string[]
  readonly #process: JsonLineProcess<WireEvent>

  private constructor(process: JsonLineProcess<WireEvent>, started: WireStarted) {
    this.#process = process
    this.peerId = started.peerId
    this.addresses = started.addresses
  }

  static async start(options: WirePeerOptions = {}): Promise<GoWirePeer> {
    const { transport = 'tcp', host = {}, view = { status: {}, metadata: {} }, refusesGrafts = false } = options
    const process = new JsonLineProcess<WireEvent>(await goPeerBinary())
    const args = { host: { ...host, [transport]: true }, view, refuses: refusesGrafts }
    try {
      return new GoWirePeer(process, await process.call<WireStarted>('wireStart', args))
    } catch (error) {
      await process.stop()
      throw error
    }
  }

  get pid(): number {
    return this.#process.pid
  }

  /** RPCs so far, oldest first. */
  get received(): readonly RpcEvent[] {
    return this.#process.events.filter((event): event is RpcEvent => event.event === 'rpc')
  }

  /** Reasons of the goodbyes so far, oldest first. */
  get goodbyes(): readonly number[] {
    return this.#process.events.filter(isGoodbye).map(({ body }) => Number(body))
  }

  /** How often the last connection to a peer was lost. */
  get disconnects(): number {
    return this.#process.events.filter(({ event }) => event === 'disconnected').length
  }

  /** Connects and opens the gossip stream. */
  dial(address: string): Promise<void> {
    return this.#process.call('wireDial', { address })
  }

  /** A new gossip stream in place of the one there is. */
  reopen(peer: string): Promise<void> {
    return this.#process.call('wireOpen', { peer })
  }

  send(peer: string, rpc: WireRpc): Promise<void> {
    return this.#process.call('wireSend', { peer, rpc })
  }

  /** Writes bytes on the gossip stream as they are. @throws Error when the stream is gone */
  sendRaw(peer: string, data: Uint8Array): Promise<void> {
    return this.#process.call('wireRaw', { peer, data: Buffer.from(data).toString('hex') })
  }

  /** Sends one request by hand. The answer says why when no stream could be opened. */
  async request(peer: string, request: RawRequest): Promise<RawReply> {
    const [reply] = await this.flood(peer, request, 1)
    if (reply === undefined) throw new Error('a request without an answer')
    return reply
  }

  /** Sends a request `count` times, one after the other, ending early when the connection does. */
  flood(peer: string, { protocolId, data, halfClose = true }: RawRequest, count: number): Promise<RawReply[]> {
    const args = { peer, protocolId, data: Buffer.from(data).toString('hex'), halfClose, count }
    return this.#process.call('wireFlood', args, FLOOD_TIMEOUT_MS)
  }

  /** Reads no more gossip, for good; all else is answered as before. */
  stall(): Promise<void> {
    return this.#process.call('wireStall')
  }

  /** Comes back after the connection was lost, with a gossip stream. @throws Error while the connection is there */
  redial(address: string): Promise<Redial> {
    return this.#process.call('wireRedial', { address })
  }

  /** The end of the connection: the first, or the `nth`. */
  async waitForDisconnect(nth = 1): Promise<void> {
    const isIt = (event: WireEvent): event is ConnectionEvent =>
      event.event === 'disconnected' && this.disconnects >= nth
    await this.#process.waitFor(`disconnect ${nth}`, isIt, EVENT_TIMEOUT_MS)
  }

  /** The first RPC, past or to come, that `matches`; of those after the first `skip`. */
  waitForRpc(
    what: string,
    matches: (rpc: WireRpc) => boolean,
    { timeoutMs = EVENT_TIMEOUT_MS, skip = 0 }: { timeoutMs?: number; skip?: number } = {},
  ): Promise<RpcEvent> {
    const past = new Set(this.received.slice(0, skip))
    const isIt = (event: WireEvent): event is RpcEvent =>
      event.event === 'rpc' && !past.has(event) && matches(event.rpc)
    return this.#process.waitFor(what, isIt, timeoutMs)
  }

  /** Ends the process. Idempotent. */
  stop(): Promise<void> {
    return this.#process.stop()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}

/** The id of a message of a topic of altair or later, written a second time so that the relay's own is checked. */
export function messageIdHex(topic: string, ssz: Uint8Array): string {
  const lengthLe = Buffer.alloc(8)
  lengthLe.writeBigUInt64LE(BigInt(Buffer.byteLength(topic)))
  const validSnappy = Buffer.of(1, 0, 0, 0)
  const hash = createHash('sha256').update(validSnappy).update(lengthLe).update(topic).update(ssz)
  return hash.digest('hex').slice(0, 40)
}

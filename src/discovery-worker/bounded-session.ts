/**
 * discv5's session service with what upstream leaves open: bounds on what other nodes can make it keep, and mends of
 * what it sends. Requests in, the library's events out.
 */
import { RequestErrorType, SessionService } from '@chainsafe/discv5'
import type { ENR } from '@chainsafe/enr'
import type { Clock } from '../shared/clock.ts'
import { sessionEvents } from './discv5-events.ts'
import { type NodeAddress, type SessionInternals, sessionInternals } from './session-internals.ts'

/** Requests to one node that may be open: one under way, and one of each running lookup with its table's pings behind it. */
export const MAX_REQUESTS_PER_NODE = 8
/** Open requests in all: four lookups of three, pings to a full table and their follow-ups stay far below. */
export const MAX_OPEN_REQUESTS = 1024
/** A queue of eight that all time out is through by then; what is open longer, somebody holds open. */
const REQUEST_LIFETIME_MS = 20_000
const SWEEP_PERIOD_MS = 2000

type SendRequest = Parameters<SessionService['sendRequest']>
type SendResponse = Parameters<SessionService['sendResponse']>
type SendChallenge = Parameters<SessionService['sendChallenge']>

interface OpenRequest {
  readonly nodeId: string
  readonly sinceMs: number
  /** Packets its answer still needs; undefined until the first. */
  left: number | undefined
}

export class BoundedSession extends SessionService {
  readonly #internals: SessionInternals
  readonly #clock: Clock
  readonly #open = new Map<bigint, OpenRequest>()
  readonly #openByNode = new Map<string, number>()
  #sweeping: Disposable | undefined
  /** Requests not sent, or given up, because of the bounds; since start. */
  refusedRequests = 0
  abandonedRequests = 0

  constructor(clock: Clock, ...args: ConstructorParameters<typeof SessionService>) {
    super(...args)
    this.#clock = clock
    this.#internals = sessionInternals(this)
    this.#internals.verifyEnr = isRecordOf
    const events = sessionEvents(this)
    events.on('requestFailed', (id) => this.#close(id))
    events.on('response', (_node, response) => {
      const open = this.#open.get(response.id)
      if (open === undefined) return
      // As the session service counts: the first packet says how many there are.
      open.left = (open.left ?? ('total' in response ? response.total : 1)) - 1
      if (open.left <= 0) this.#close(response.id)
    })
  }

  /** Requests under way or queued. */
  get openRequests(): number {
    return this.#open.size
  }

  override async start(): Promise<void> {
    await super.start()
    this.#sweeping = this.#clock.every(SWEEP_PERIOD_MS, () => this.#sweep())
  }

  override async stop(): Promise<void> {
    this.#sweeping?.[Symbol.dispose]()
    await super.stop()
    this.#open.clear()
    this.#openByNode.clear()
  }

  /** Upstream drops a request to ourselves, or one that it cannot send, without telling whoever waits for its answer. */
  override sendRequest(...[contact, request]: SendRequest): void {
    const { nodeId } = contact.nodeAddress
    const refusal = this.#open.has(request.id) ? undefined : this.#refusal(nodeId)
    if (refusal !== undefined) {
      this.#refuse(request.id, refusal)
      return
    }
    this.#note(request.id, nodeId)
    try {
      super.sendRequest(contact, request)
    } catch {
      this.#refuse(request.id, RequestErrorType.InvalidMultiaddr)
    }
  }

  /**
   * Always asks for the sender's record. Upstream writes the sequence number that we know left-aligned (`enr-seq` of
   * discv5-wire, "WHOAREYOU Packet"), an enormous number, so that nobody ever sends a newer one, and a node that moved
   * is refused for the address that it no longer has. Zero reads the same on either side.
   */
  override sendChallenge(...[node, nonce]: SendChallenge): void {
    super.sendChallenge(node, nonce, null)
  }

  /** Records that upstream encodes wrongly, or not at all, would cost the reply: they are left out of it. */
  override sendResponse(...[node, response]: SendResponse): void {
    const mended = 'enrs' in response ? { ...response, enrs: response.enrs.filter(isSendable) } : response
    super.sendResponse(node, mended)
  }

  #refusal(nodeId: string): RequestErrorType | undefined {
    if (nodeId === this.enr.nodeId) return RequestErrorType.SelfRequest
    const ofNode = this.#openByNode.get(nodeId) ?? 0
    return ofNode >= MAX_REQUESTS_PER_NODE || this.#open.size >= MAX_OPEN_REQUESTS
      ? RequestErrorType.Timeout
      : undefined
  }

  /** A queued request comes here a second time when it is sent. */
  #note(id: bigint, nodeId: string): void {
    if (this.#open.has(id)) return
    this.#open.set(id, { nodeId, sinceMs: this.#clock.monotonicMs(), left: undefined })
    this.#openByNode.set(nodeId, (this.#openByNode.get(nodeId) ?? 0) + 1)
  }

  #refuse(id: bigint, error: RequestErrorType): void {
    this.refusedRequests++
    this.#close(id)
    sessionEvents(this).emit('requestFailed', id, error)
  }

  #close(id: bigint): void {
    const open = this.#open.get(id)
    if (open === undefined) return
    this.#open.delete(id)
    const left = (this.#openByNode.get(open.nodeId) ?? 1) - 1
    if (left > 0) this.#openByNode.set(open.nodeId, left)
    else this.#openByNode.delete(open.nodeId)
  }

  /**
   * A node that announces many packets and sends one now and then keeps its request open for ever upstream, and one
   * that contradicts its own count leaves it open in the service above, which then never tells.
   */
  #sweep(): void {
    const untilMs = this.#clock.monotonicMs() - REQUEST_LIFETIME_MS
    const overdue = [...this.#open].filter(([, { sinceMs }]) => sinceMs < untilMs).map(([id]) => id)
    if (overdue.length === 0) return
    this.abandonedRequests += overdue.length
    for (const [key, call] of [...this.#internals.activeRequests]) {
      if (!overdue.includes(call.request.id)) continue
      this.#internals.activeRequests.delete(key)
      this.#internals.failRequest(call, RequestErrorType.Timeout, true)
    }
    for (const id of overdue) sessionEvents(this).emit('requestFailed', id, RequestErrorType.Timeout)
  }
}

/**
 * The record is the node's own, and says nothing against the address that it was seen at. Upstream compares the IPv4
 * address of a record that has both families with the IPv6 address of its sender, and refuses it.
 */
function isRecordOf(record: ENR, { nodeId, socketAddr }: NodeAddress): boolean {
  if (record.nodeId !== nodeId) return false
  const protocol = socketAddr.toOptions().family === 6 ? 'udp6' : 'udp4'
  return record.getLocationMultiaddr(protocol)?.equals(socketAddr) ?? true
}

/** Upstream encodes sequence numbers as JavaScript numbers, and refuses to encode 300 bytes and more. */
function isSendable(record: ENR): boolean {
  if (record.seq > BigInt(Number.MAX_SAFE_INTEGER)) return false
  try {
    record.encode()
    return true
  } catch {
    return false
  }
}

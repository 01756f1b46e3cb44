import type { ExplicitPeer, ExplicitPeerView } from '../../rpc/contract.ts'
import type { Clock } from '../../shared/clock.ts'
import { RelayError } from '../../shared/errors.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import { MAX_EXPLICIT_PEERS, MAX_PEER_ADDRESSES } from '../../shared/limits.ts'
import type { Logger } from '../../shared/logger.ts'
import { parsePeerId, resolveTarget } from './dial-target.ts'
import type { Dialer } from './dialer.ts'
import type { PeerRecord } from './peer-record.ts'
import type { PeerRegistry } from './peer-registry.ts'

const TICK_MS = 1000
/** Between two dials of a peer that is away; doubled at each failure, up to the last. */
const RETRY_FIRST_MS = 5000
const RETRY_LAST_MS = 60_000

/** The router's side: who is always forwarded to. */
export interface ExplicitRouter {
  readonly direct: Set<PeerIdStr>
  readonly mesh: ReadonlyMap<string, ReadonlySet<PeerIdStr>>
  cutLink(peerId: PeerIdStr, topic: string, reason: 'explicit_peer'): Promise<boolean>
}

export interface ExplicitPeersDeps {
  readonly router: ExplicitRouter
  readonly registry: PeerRegistry
  readonly dialer: Pick<Dialer, 'connect'>
  readonly ownPeerId: PeerIdStr
  readonly clock: Clock
  readonly log: Logger
}

interface Keeping {
  addresses: readonly string[]
  retryMs: number
  nextDialAtMs: number
}

/**
 * Explicit (direct) peers: always forwarded to, never in a mesh, and kept connected by dials of our own, since
 * upstream's would stall its heartbeat for as long as a dial takes.
 */
export class ExplicitPeers {
  readonly #deps: ExplicitPeersDeps
  readonly #kept = new Map<PeerIdStr, Keeping>()
  #timer: Disposable | undefined

  constructor(deps: ExplicitPeersDeps) {
    this.#deps = deps
  }

  start(restored: readonly ExplicitPeer[]): void {
    for (const peer of restored) this.#keep(peer.peerId, peer.addresses)
    this.#timer = this.#deps.clock.every(TICK_MS, () => this.#tick())
    this.#tick()
  }

  stop(): void {
    this.#timer?.[Symbol.dispose]()
  }

  /**
   * Makes a peer explicit: it leaves every mesh and is dialled if an address of it is known. Idempotent.
   * @returns the peer with its addresses, for keeping
   * @throws BAD_PEER_ID, BAD_REQUEST for our own id, or when there are too many
   */
  async add({ peerId: text, addresses }: ExplicitPeer): Promise<ExplicitPeer> {
    const { router, ownPeerId } = this.#deps
    const peerId = parsePeerId(text)
    if (peerId === ownPeerId) throw new RelayError('BAD_REQUEST', 'our own peer id')
    if (!this.#kept.has(peerId) && this.#kept.size >= MAX_EXPLICIT_PEERS) {
      throw new RelayError('BAD_REQUEST', `more than ${MAX_EXPLICIT_PEERS} explicit peers`)
    }
    const kept = this.#keep(peerId, addresses)
    for (const topic of router.mesh.keys()) await router.cutLink(peerId, topic, 'explicit_peer')
    this.#tick()
    return { peerId, addresses: kept.addresses }
  }

  /** An ordinary peer again; it stays connected and may be grafted. Idempotent. @throws BAD_PEER_ID */
  remove(text: string): void {
    const peerId = parsePeerId(text)
    this.#kept.delete(peerId)
    this.#deps.router.direct.delete(peerId)
  }

  list(): readonly ExplicitPeerView[] {
    return [...this.#kept.keys()].map((peer_id) => ({ peer_id, is_connected: this.#isConnected(peer_id) }))
  }

  #keep(peerId: PeerIdStr, addresses: readonly string[]): Keeping {
    const { registry, router } = this.#deps
    const before = this.#kept.get(peerId)?.addresses ?? []
    const known = [...addresses, ...dialAddresses(registry.get(peerId)), ...before]
    const kept = {
      addresses: [...new Set(known)].slice(0, MAX_PEER_ADDRESSES),
      retryMs: RETRY_FIRST_MS,
      nextDialAtMs: Number.NEGATIVE_INFINITY,
    }
    this.#kept.set(peerId, kept)
    router.direct.add(peerId)
    return kept
  }

  #isConnected(peerId: PeerIdStr): boolean {
    return this.#deps.registry.get(peerId)?.state === 'connected'
  }

  #tick(): void {
    const nowMs = this.#deps.clock.monotonicMs()
    for (const [peerId, kept] of this.#kept) {
      if (this.#isConnected(peerId)) kept.retryMs = RETRY_FIRST_MS
      else if (kept.addresses.length > 0 && nowMs >= kept.nextDialAtMs) this.#dial(peerId, kept, nowMs)
    }
  }

  /** Addresses take turns. */
  #dial(peerId: PeerIdStr, kept: Keeping, nowMs: number): void {
    const [multiaddr, ...others] = kept.addresses
    if (multiaddr === undefined) return
    kept.addresses = [...others, multiaddr]
    kept.nextDialAtMs = nowMs + kept.retryMs
    kept.retryMs = Math.min(RETRY_LAST_MS, kept.retryMs * 2)
    try {
      this.#deps.dialer.connect({ multiaddr })
    } catch (cause) {
      const { message } = RelayError.from(cause)
      this.#deps.log.warn({ peer: peerId, address: multiaddr, reason: message }, 'explicit peer not dialled')
    }
  }
}

/** Where a peer can be dialled: by its record, at the address we dialled, or where it says it listens. */
function dialAddresses(record: PeerRecord | undefined): readonly string[] {
  if (record === undefined) return []
  if (record.enr !== undefined) return resolveTarget({ enr: record.enr }).addresses.map(String)
  if (record.direction === 'inbound') return record.dialable
  return record.address === '' ? [] : [`${record.address}/p2p/${record.peerId}`, ...record.dialable]
}

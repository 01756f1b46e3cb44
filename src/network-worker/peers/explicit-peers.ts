import type { ExplicitPeer, ExplicitPeerView } from '../../rpc/peer-views.ts'
import type { Clock } from '../../shared/clock.ts'
import { RelayError } from '../../shared/errors.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import { MAX_EXPLICIT_PEERS, MAX_PEER_ADDRESSES } from '../../shared/limits.ts'
import type { Logger } from '../../shared/logger.ts'
import { parsePeerId, resolveTarget } from './dialling/dial-target.ts'
import type { Dialer } from './dialling/dialer.ts'
import { KeptConnections } from './kept-connections.ts'
import type { PeerRecord } from './peer-record.ts'
import type { PeerRegistry } from './peer-registry.ts'

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

/**
 * Explicit (direct) peers: always forwarded to, never in a mesh, and kept connected by dials of our own, since
 * upstream's would stall its heartbeat for as long as a dial takes.
 */
export class ExplicitPeers {
  readonly #deps: ExplicitPeersDeps
  readonly #addresses = new Map<PeerIdStr, readonly string[]>()
  readonly #connections: KeptConnections

  constructor(deps: ExplicitPeersDeps) {
    this.#deps = deps
    this.#connections = new KeptConnections({
      ...deps,
      kind: 'explicit',
      retryFirstMs: RETRY_FIRST_MS,
      retryLastMs: RETRY_LAST_MS,
      addressesOf: (peerId) => this.#addresses.get(peerId) ?? [],
    })
  }

  start(restored: readonly ExplicitPeer[]): void {
    for (const peer of restored) this.#keep(peer.peerId, peer.addresses)
    this.#connections.start()
  }

  stop(): void {
    this.#connections.stop()
  }

  /**
   * Makes a peer explicit: it leaves every mesh and is dialled if an address of it is known. Idempotent.
   * @returns the peer with its addresses, for keeping
   * @throws BAD_PEER_ID, BAD_REQUEST for our own id, LIST_FULL
   */
  async add({ peerId: text, addresses }: ExplicitPeer): Promise<ExplicitPeer> {
    const { router, ownPeerId } = this.#deps
    const peerId = parsePeerId(text)
    if (peerId === ownPeerId) throw new RelayError('BAD_REQUEST', 'our own peer id')
    if (!this.#addresses.has(peerId) && this.#addresses.size >= MAX_EXPLICIT_PEERS) {
      throw new RelayError('LIST_FULL', `at most ${MAX_EXPLICIT_PEERS} explicit peers`)
    }
    const known = this.#keep(peerId, addresses)
    for (const topic of router.mesh.keys()) await router.cutLink(peerId, topic, 'explicit_peer')
    this.#connections.dialDue()
    return { peerId, addresses: known }
  }

  /** An ordinary peer again; it stays connected and may be grafted. Idempotent. @throws BAD_PEER_ID */
  remove(text: string): void {
    const peerId = parsePeerId(text)
    this.#addresses.delete(peerId)
    this.#connections.drop(peerId)
    this.#deps.router.direct.delete(peerId)
  }

  has(peerId: PeerIdStr): boolean {
    return this.#addresses.has(peerId)
  }

  list(): readonly ExplicitPeerView[] {
    const isConnected = (peerId: PeerIdStr): boolean => this.#connections.isConnected(peerId)
    return [...this.#addresses.keys()].map((peer_id) => ({ peer_id, is_connected: isConnected(peer_id) }))
  }

  #keep(peerId: PeerIdStr, addresses: readonly string[]): readonly string[] {
    const { registry, router } = this.#deps
    const before = this.#addresses.get(peerId) ?? []
    const known = [...addresses, ...dialAddresses(registry.get(peerId)), ...before]
    const kept = [...new Set(known)].slice(0, MAX_PEER_ADDRESSES)
    this.#addresses.set(peerId, kept)
    this.#connections.keep(peerId)
    router.direct.add(peerId)
    return kept
  }
}

/** Where a peer can be dialled: by its record, at the address we dialled, or where it says it listens. */
function dialAddresses(record: PeerRecord | undefined): readonly string[] {
  if (record === undefined) return []
  if (record.enr !== undefined) return resolveTarget({ enr: record.enr }).addresses.map(String)
  if (record.direction === 'inbound') return record.dialable
  return record.address === '' ? [] : [`${record.address}/p2p/${record.peerId}`, ...record.dialable]
}

import type { AccessChange, TrustedPeer } from '../../../src/rpc/access.ts'
import type { Control } from '../../../src/rpc/contract.ts'
import type { DialTarget, PeerView, TrustedPeerView } from '../../../src/rpc/peer-views.ts'
import type { Handlers } from '../../../src/rpc/server.ts'
import { RelayError } from '../../../src/shared/errors.ts'

type AccessCalls = 'changeAccess' | 'resolvePeer' | 'describePeer' | 'listTrustedPeers' | 'listScoreBans'

export interface AccessDoubleDeps {
  readonly ownPeerId: string
  readonly peers: Map<string, PeerView>
  readonly explicit: Map<string, readonly string[]>
  /** Peer ids by their ENR: records the double takes for well-formed. */
  readonly enrs: ReadonlyMap<string, string>
  dial(peerId: string): void
}

function exchange(rules: Set<string>, gone: readonly string[] = [], come: readonly string[] = []): void {
  for (const rule of gone) rules.delete(rule)
  for (const rule of come) rules.add(rule)
}

/**
 * Bans and trust as a network worker has them. Every connected peer is at 34.140.245.67 and calls itself Lighthouse:
 * a test bans ranges and agents that are none of theirs.
 */
export class AccessDouble {
  readonly banned = new Set<string>()
  readonly ranges = new Set<string>()
  readonly agents = new Set<string>()
  readonly trusted = new Map<string, TrustedPeer>()
  /** Peers banned by their score, oldest first. */
  readonly scoreBans = new Set<string>()
  readonly #deps: AccessDoubleDeps

  constructor(deps: AccessDoubleDeps) {
    this.#deps = deps
  }

  get state() {
    const { banned, ranges, agents, trusted, scoreBans } = this
    return { banned, ranges, agents, trusted, scoreBans }
  }

  get handlers(): Pick<Handlers<Control>, AccessCalls> {
    return {
      changeAccess: async (change) => this.#change(change),
      resolvePeer: (target) => {
        const peer = this.resolve(target)
        this.refuseBanned(peer.peerId)
        return peer
      },
      describePeer: (peerId) => this.#describe(peerId),
      listTrustedPeers: () => [...this.trusted.values()].map((peer) => this.#view(peer)),
      listScoreBans: () => [...this.scoreBans],
    }
  }

  /** Who a target names. @throws BAD_ENR, BAD_MULTIADDR, BAD_REQUEST */
  resolve(target: DialTarget): TrustedPeer {
    const peerId = 'enr' in target ? this.#deps.enrs.get(target.enr) : /\/p2p\/(\w+)$/.exec(target.multiaddr)?.[1]
    if (peerId === undefined) {
      throw 'enr' in target
        ? new RelayError('BAD_ENR', 'invalid ENR: signature does not verify')
        : new RelayError('BAD_MULTIADDR', 'invalid multiaddr: no peer id')
    }
    this.refuseOwn(peerId)
    return 'enr' in target
      ? { peerId, enr: target.enr, addresses: [`/ip4/34.140.245.67/tcp/9000/p2p/${peerId}`] }
      : { peerId, enr: null, addresses: [target.multiaddr] }
  }

  refuseOwn(peerId: string): void {
    if (peerId === this.#deps.ownPeerId) throw new RelayError('BAD_REQUEST', 'this is our own peer id')
  }

  refuseBanned(peerId: string): void {
    if (this.banned.has(peerId) || this.scoreBans.has(peerId)) throw new RelayError('PEER_BANNED', 'peer is banned')
  }

  #change(change: AccessChange): void {
    for (const peerId of change.ban ?? []) this.refuseOwn(peerId)
    for (const peer of change.trust ?? []) this.#check(peer)
    for (const peerId of change.unban ?? []) this.banned.delete(peerId)
    for (const peerId of change.untrust ?? []) this.trusted.delete(peerId)
    for (const peerId of change.ban ?? []) this.#ban(peerId)
    for (const peer of change.trust ?? []) this.#trust(peer)
    exchange(this.ranges, change.unbanRanges, change.banRanges)
    exchange(this.agents, change.unbanAgents, change.banAgents)
  }

  #check({ peerId, enr, addresses }: TrustedPeer): void {
    const targets = [...addresses.map((multiaddr) => ({ multiaddr })), ...(enr === null ? [] : [{ enr }])]
    for (const target of targets) {
      if (this.resolve(target).peerId !== peerId) throw new RelayError('BAD_REQUEST', 'an address of another peer')
    }
  }

  #ban(peerId: string): void {
    this.banned.add(peerId)
    this.trusted.delete(peerId)
    this.#deps.explicit.delete(peerId)
    this.#deps.peers.delete(peerId)
  }

  #trust(peer: TrustedPeer): void {
    this.scoreBans.delete(peer.peerId)
    this.trusted.set(peer.peerId, peer)
    this.#deps.dial(peer.peerId)
  }

  #describe(peerId: string): TrustedPeer {
    this.refuseBanned(peerId)
    if (this.#deps.peers.get(peerId)?.state !== 'connected') {
      throw new RelayError('PEER_NOT_CONNECTED', 'text of the worker')
    }
    const [enr] = [...this.#deps.enrs].find(([, owner]) => owner === peerId) ?? []
    if (enr === undefined) throw new RelayError('PEER_HAS_NO_ENR', 'text of the worker')
    return this.resolve({ enr })
  }

  #view({ peerId, enr }: TrustedPeer): TrustedPeerView {
    return { peer_id: peerId, enr, is_connected: this.#deps.peers.get(peerId)?.state === 'connected' }
  }
}

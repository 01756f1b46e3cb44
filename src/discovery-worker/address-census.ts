import type { Discv5 } from '@chainsafe/discv5'
import type { ENR } from '@chainsafe/enr'
import ipaddr from 'ipaddr.js'
import type { AddressVotedEvent } from '../rpc/discovery-contract.ts'
import type { Clock } from '../shared/clock.ts'
import { type AddressScope, networkOf } from './address-scope.ts'
import { AddressVotes } from './address-votes.ts'
import { placeOf } from './record-place.ts'
import type { NodeAddress } from './session-internals.ts'

/** Pings for votes' sake: in the first seconds of a run everybody is asked, and no burst is seen by the uplink. */
const MAX_PINGS = 32
const PING_PERIOD_MS = 10_000

type SocketAddress = Awaited<ReturnType<Discv5['sendPing']>>['addr']

export interface AddressCensusDeps {
  readonly clock: Clock
  readonly ping: (node: ENR) => Promise<unknown>
  readonly table: () => readonly ENR[]
  readonly onVoted: (vote: AddressVotedEvent) => void
}

/**
 * Gathers the votes: PONG says where its sender sees us. Upstream's first PING to a node is sent minutes after it was
 * met, so that each one met is asked at once.
 */
export class AddressCensus {
  readonly #deps: AddressCensusDeps
  readonly #votes: AddressVotes
  readonly #period: Disposable
  #pings = 0

  constructor(deps: AddressCensusDeps) {
    this.#deps = deps
    const { clock, onVoted } = deps
    this.#votes = new AddressVotes({ clock, onVoted, knownNetworks: (scope, family) => this.#known(scope, family) })
    this.#period = clock.every(PING_PERIOD_MS, () => {
      this.#pings = 0
    })
  }

  /** A session with this node was just established, at the address of its record. */
  met(node: NodeAddress, record: ENR): void {
    if (this.#pings >= MAX_PINGS || !this.#votes.wants(hostOf(node), node.nodeId)) return
    this.#pings++
    // The session is in use only when the library is done with the packet that brought it about.
    queueMicrotask(() => void this.#deps.ping(record).catch(() => undefined))
  }

  /** A PONG came. */
  answered(node: NodeAddress, { ip, port }: SocketAddress): void {
    this.#votes.cast(hostOf(node), node.nodeId, ipaddr.fromByteArray([...ip.octets]).toString(), port)
  }

  stop(): void {
    this.#period[Symbol.dispose]()
  }

  #known(scope: AddressScope, family: 4 | 6): number {
    const networks = new Set<string>()
    for (const record of this.#deps.table()) {
      const place = placeOf(record, family === 4 ? 'ip' : 'ip6')
      if (place?.scope === scope) networks.add(networkOf(place, record.nodeId))
    }
    return networks.size
  }
}

function hostOf({ socketAddr }: NodeAddress): string {
  return socketAddr.toOptions().host
}

import type { Multiaddr } from '@multiformats/multiaddr'
import type { DialTarget, DialView } from '../../rpc/contract.ts'
import type { Clock } from '../../shared/clock.ts'
import { RelayError } from '../../shared/errors.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { Logger } from '../../shared/logger.ts'
import { ipOf, withoutPeerId } from '../host/addresses.ts'
import { type ResolvedTarget, resolveTarget } from './dial-target.ts'
import { guessRtt } from './peer-record.ts'
import type { PeerRegistry } from './peer-registry.ts'

/** Dials under way at once, our own and the operator's: libp2p works 32 of them in parallel. */
export const MAX_PENDING_DIALS = 128

/** The part of libp2p that dials. Resolves when the connection is open and upgraded. */
export interface DialHost {
  dial(addresses: Multiaddr[]): Promise<unknown>
}

export interface DialerDeps {
  readonly host: DialHost
  readonly ownPeerId: PeerIdStr
  readonly registry: PeerRegistry
  readonly clock: Clock
  readonly log: Logger
  /** True for addresses whose transport this node runs. */
  readonly canDial: (address: Multiaddr) => boolean
}

/** One-time dials: nothing here tries again. */
export class Dialer {
  readonly #deps: DialerDeps
  readonly #pending = new Set<PeerIdStr>()

  constructor(deps: DialerDeps) {
    this.#deps = deps
  }

  get pending(): number {
    return this.#pending.size
  }

  /**
   * Starts a dial and returns at once; the outcome shows in the peer's state.
   * @throws RelayError BAD_ENR, BAD_MULTIADDR, BAD_REQUEST (our own id), DIAL_QUEUE_FULL
   */
  connect(target: DialTarget): DialView {
    const { ownPeerId, registry } = this.#deps
    const resolved = resolveTarget(target)
    const { peerId } = resolved
    if (peerId === ownPeerId) throw new RelayError('BAD_REQUEST', 'cannot connect to ourselves')
    const known = registry.get(peerId)
    if (known !== undefined && resolved.enr !== undefined) known.enr = resolved.enr
    if (known?.state === 'connected') return { peer_id: peerId, action: 'already_connected' }
    if (this.#pending.has(peerId)) return { peer_id: peerId, action: 'connecting' }
    const addresses = this.#dialable(resolved, 'enr' in target)
    if (this.#pending.size >= MAX_PENDING_DIALS) throw new RelayError('DIAL_QUEUE_FULL', 'too many dials under way')
    void this.#dial(resolved, addresses)
    return { peer_id: peerId, action: 'connecting' }
  }

  #dialable({ addresses }: ResolvedTarget, fromEnr: boolean): Multiaddr[] {
    const usable = addresses.filter((address) => this.#deps.canDial(address))
    if (usable.length > 0) return usable
    throw new RelayError(fromEnr ? 'BAD_ENR' : 'BAD_MULTIADDR', 'no address of a transport this node runs')
  }

  async #dial({ peerId, enr }: ResolvedTarget, addresses: Multiaddr[]): Promise<void> {
    const { host, registry, clock, log } = this.#deps
    const [first] = addresses
    const record = registry.enter(peerId, first === undefined ? '' : withoutPeerId(first), 'outbound')
    record.state = 'connecting'
    record.direction = 'outbound'
    record.ip = first === undefined ? undefined : ipOf(first)
    if (enr !== undefined) record.enr = enr
    this.#pending.add(peerId)
    const startMs = clock.monotonicMs()
    try {
      await host.dial(addresses)
      guessRtt(record, clock.monotonicMs() - startMs)
    } catch (err) {
      log.info({ peer: peerId, address: record.address, reason: reasonOf(err) }, 'dial failed')
      if (record.connections === 0) registry.leave(record)
    } finally {
      this.#pending.delete(peerId)
    }
  }
}

/** The innermost cause: libp2p wraps one error per address tried. */
function reasonOf(err: unknown): string {
  if (err instanceof AggregateError && err.errors.length > 0) return reasonOf(err.errors[0])
  return err instanceof Error ? err.message : String(err)
}

import type { Multiaddr } from '@multiformats/multiaddr'
import type { DialAddresses, DialTarget, DialView } from '../../../rpc/peer-views.ts'
import type { Clock } from '../../../shared/clock.ts'
import { RelayError } from '../../../shared/errors.ts'
import type { PeerIdStr } from '../../../shared/ids.ts'
import type { Logger } from '../../../shared/logger.ts'
import { ipOf, withoutPeerId } from '../../host/addresses.ts'
import { guessRtt } from '../peer-record.ts'
import type { PeerRegistry } from '../peer-registry.ts'
import { type ResolvedTarget, resolveTarget } from './dial-target.ts'

/** Dials under way at once, our own and the operator's: libp2p works 32 of them in parallel. */
export const MAX_PENDING_DIALS = 128

const NO_TRANSPORT = 'no address of a transport this node runs'

export type FailureLevel = 'info' | 'debug'

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
  /** False for banned peers. */
  readonly admits: (peerId: PeerIdStr) => boolean
}

/** One-time dials: nothing here tries again, and a dial that fails costs the peer nothing, whatever the cause. */
export class Dialer {
  readonly #deps: DialerDeps
  /** Each resolves when its dial has ended: true when the peer is connected. */
  readonly #pending = new Map<PeerIdStr, Promise<boolean>>()

  constructor(deps: DialerDeps) {
    this.#deps = deps
  }

  get pending(): number {
    return this.#pending.size
  }

  /**
   * Starts a dial and returns at once; the outcome shows in the peer's state. Addresses of a transport that we do not run
   * are passed over.
   * @throws RelayError BAD_ENR, BAD_MULTIADDR, BAD_REQUEST (our own id, several peers), PEER_BANNED, DIAL_QUEUE_FULL
   */
  connect(target: DialTarget | DialAddresses): DialView {
    const { ownPeerId, registry, admits } = this.#deps
    const resolved = resolveTarget(target)
    const { peerId } = resolved
    if (peerId === ownPeerId) throw new RelayError('BAD_REQUEST', 'cannot connect to ourselves')
    if (!admits(peerId)) throw new RelayError('PEER_BANNED', 'peer is banned')
    const known = registry.get(peerId)
    if (known !== undefined && resolved.enr !== undefined) known.enr = resolved.enr
    if (known?.state === 'connected') return { peer_id: peerId, action: 'already_connected' }
    if (this.#pending.has(peerId)) {
      // Called off, and wanted again.
      if (known?.state === 'disconnecting' && known.connections === 0) known.state = 'connecting'
      return { peer_id: peerId, action: 'connecting' }
    }
    const addresses = this.#usable(resolved)
    if (addresses.length === 0) throw new RelayError('enr' in target ? 'BAD_ENR' : 'BAD_MULTIADDR', NO_TRANSPORT)
    if (this.#pending.size >= MAX_PENDING_DIALS) throw new RelayError('DIAL_QUEUE_FULL', 'too many dials under way')
    void this.#start(resolved, addresses, 'info')
    return { peer_id: peerId, action: 'connecting' }
  }

  /**
   * The dial queue's dial, whose number the queue bounds. Resolves when it has ended, a dial of the same peer already
   * under way included: true when the peer is connected. Never rejects.
   * @param failureLevel how a failure is logged: for a peer that discovery found it is an everyday matter
   */
  dial(target: ResolvedTarget, failureLevel: FailureLevel): Promise<boolean> {
    const { registry, log } = this.#deps
    const { peerId, enr } = target
    const known = registry.get(peerId)
    if (known !== undefined && enr !== undefined) known.enr = enr
    const pending = this.#pending.get(peerId)
    if (pending !== undefined) return pending
    if (known !== undefined && known.state !== 'disconnected') return Promise.resolve(known.state === 'connected')
    const addresses = this.#usable(target)
    const refusal = this.#refusal(peerId, addresses)
    if (refusal === undefined) return this.#start(target, addresses, failureLevel)
    log[failureLevel]({ peer: peerId, reason: refusal }, 'peer not dialled')
    return Promise.resolve(false)
  }

  #refusal(peerId: PeerIdStr, addresses: readonly Multiaddr[]): string | undefined {
    if (peerId === this.#deps.ownPeerId) return 'ourselves'
    if (!this.#deps.admits(peerId)) return 'peer is banned'
    return addresses.length === 0 ? NO_TRANSPORT : undefined
  }

  #usable({ addresses }: ResolvedTarget): Multiaddr[] {
    return addresses.filter((address) => this.#deps.canDial(address))
  }

  #start(target: ResolvedTarget, addresses: Multiaddr[], failureLevel: FailureLevel): Promise<boolean> {
    const ended = this.#dial(target, addresses, failureLevel)
    this.#pending.set(target.peerId, ended)
    void ended.finally(() => this.#pending.delete(target.peerId))
    return ended
  }

  async #dial({ peerId, enr }: ResolvedTarget, addresses: Multiaddr[], failureLevel: FailureLevel): Promise<boolean> {
    const { host, registry, clock, log } = this.#deps
    const [first] = addresses
    const record = registry.enter(peerId, first === undefined ? '' : withoutPeerId(first), 'outbound')
    record.state = 'connecting'
    record.direction = 'outbound'
    record.ip = first === undefined ? undefined : ipOf(first)
    if (enr !== undefined) record.enr = enr
    const startMs = clock.monotonicMs()
    try {
      await host.dial(addresses)
      guessRtt(record, clock.monotonicMs() - startMs)
      return true
    } catch (err) {
      log[failureLevel]({ peer: peerId, address: record.address, reason: reasonOf(err) }, 'dial failed')
      // Another one than above when the peer came in, left and was forgotten meanwhile.
      const now = registry.get(peerId) ?? record
      if (now.connections > 0) return true
      registry.leave(now)
      return false
    }
  }
}

/** The innermost cause: libp2p wraps one error per address tried. */
function reasonOf(err: unknown): string {
  if (err instanceof AggregateError && err.errors.length > 0) return reasonOf(err.errors[0])
  return err instanceof Error ? err.message : String(err)
}

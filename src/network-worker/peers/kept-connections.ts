import type { Clock } from '../../shared/clock.ts'
import { RelayError } from '../../shared/errors.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { Logger } from '../../shared/logger.ts'
import type { Dialer } from './dialling/dialer.ts'
import type { PeerRegistry } from './peer-registry.ts'

const TICK_MS = 1000
/**
 * A connection that ended sooner does not end the back-off: a peer that is full, or has banned us, lets us in and says
 * goodbye at its next look around, which is up to half a minute later.
 */
const STEADY_MS = 60_000

export interface KeptConnectionsDeps {
  readonly registry: Pick<PeerRegistry, 'get'>
  readonly dialer: Pick<Dialer, 'connect'>
  readonly clock: Clock
  readonly log: Logger
  /** What the log calls these peers. */
  readonly kind: 'explicit' | 'trusted'
  /** Between two dials of a peer that is away: first this long, then doubled at each dial up to the last. */
  readonly retryFirstMs: number
  readonly retryLastMs: number
  /** Multiaddrs that end in `/p2p/<id>`, the likeliest first, as they are known when a dial is due; may be none. */
  readonly addressesOf: (peerId: PeerIdStr) => readonly string[]
}

interface Keeping {
  /** How long the last dial's outcome is waited for, and the next one's. */
  waitMs: number
  retryMs: number
  nextDialAtMs: number
  /** Dials since the address that last worked: they take the addresses in turns. */
  turn: number
  /** A peer that is banned is told of once, not at each dial. */
  isBanLogged: boolean
}

/** Peers kept connected by dials of our own. Bounded by its users, who bound their lists. */
export class KeptConnections {
  readonly #deps: KeptConnectionsDeps
  readonly #kept = new Map<PeerIdStr, Keeping>()
  #isRunning = false
  /** While anybody is kept. */
  #timer: Disposable | undefined

  constructor(deps: KeptConnectionsDeps) {
    this.#deps = deps
  }

  /** Dials whoever is away at once, and from then on when it is due. */
  start(): void {
    this.#isRunning = true
    this.#tick()
    this.dialDue()
  }

  stop(): void {
    this.#isRunning = false
    this.#rest()
  }

  /** From now on kept; due for a dial by its first address, whatever came before. */
  keep(peerId: PeerIdStr): void {
    const { retryFirstMs } = this.#deps
    const nextDialAtMs = Number.NEGATIVE_INFINITY
    this.#kept.set(peerId, { waitMs: retryFirstMs, retryMs: retryFirstMs, nextDialAtMs, turn: 0, isBanLogged: false })
    if (this.#isRunning) this.#tick()
  }

  /** Kept no more; a connection that is open stays. */
  drop(peerId: PeerIdStr): void {
    this.#kept.delete(peerId)
    if (this.#kept.size === 0) this.#rest()
  }

  isConnected(peerId: PeerIdStr): boolean {
    return this.#deps.registry.get(peerId)?.state === 'connected'
  }

  /** Dials each peer that is away and due. */
  dialDue(): void {
    const nowMs = this.#deps.clock.monotonicMs()
    for (const [peerId, kept] of this.#kept) {
      if (this.isConnected(peerId)) this.#settle(peerId, kept, nowMs)
      else if (nowMs >= kept.nextDialAtMs) this.#dial(peerId, kept, nowMs)
    }
  }

  #tick(): void {
    if (this.#kept.size > 0) this.#timer ??= this.#deps.clock.every(TICK_MS, () => this.dialDue())
  }

  #rest(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  /** Once the connection holds, the back-off starts anew, from the address that worked; until then it begins at the loss. */
  #settle(peerId: PeerIdStr, kept: Keeping, nowMs: number): void {
    const { registry, retryFirstMs } = this.#deps
    const sinceMs = registry.get(peerId)?.connectedAtMs ?? nowMs
    const isSteady = kept.retryMs === retryFirstMs || nowMs - sinceMs >= STEADY_MS
    kept.nextDialAtMs = isSteady ? nowMs : nowMs + kept.waitMs
    if (!isSteady || kept.retryMs === retryFirstMs) return
    kept.retryMs = retryFirstMs
    kept.turn = Math.max(0, kept.turn - 1)
  }

  #dial(peerId: PeerIdStr, kept: Keeping, nowMs: number): void {
    const { addressesOf, dialer, retryLastMs } = this.#deps
    const addresses = addressesOf(peerId)
    const multiaddr = addresses[kept.turn % addresses.length]
    if (multiaddr === undefined) return
    kept.turn++
    kept.waitMs = kept.retryMs
    kept.nextDialAtMs = nowMs + kept.waitMs
    kept.retryMs = Math.min(retryLastMs, kept.retryMs * 2)
    try {
      dialer.connect({ multiaddr })
      kept.isBanLogged = false
    } catch (cause) {
      this.#logRefusal(peerId, kept, multiaddr, RelayError.from(cause))
    }
  }

  #logRefusal(peerId: PeerIdStr, kept: Keeping, address: string, { code, message }: RelayError): void {
    const { log, kind } = this.#deps
    const isBan = code === 'PEER_BANNED'
    const line = { peer: peerId, address, reason: message }
    if (!isBan) log.warn(line, `${kind} peer not dialled`)
    else if (!kept.isBanLogged) log.debug(line, `${kind} peer not dialled`)
    kept.isBanLogged = isBan
  }
}

import type { Clock } from '../../shared/clock.ts'
import { placeOf } from './address-place.ts'
import type { IpExemption } from './ip-exemption.ts'

/** Inbound connections one address, of IPv6 one /64, may open in a second: libp2p's own default, which has no exemptions. */
export const INBOUND_CONNECTIONS_PER_SECOND = 5
const WINDOW_MS = 1000
/** Addresses counted at once. Past it the window is dropped whole: a spread flood is held by the pending limit instead. */
const MAX_TRACKED_ADDRESSES = 16_384

/** Replaces libp2p's per-IP limit, which would refuse a local network's peers on 127.0.0.1. */
export class InboundLimiter {
  readonly #clock: Clock
  readonly #exemption: IpExemption
  readonly #counts = new Map<string, number>()
  #windowStartMs = 0
  /** Connections refused since start. */
  refused = 0

  constructor(clock: Clock, exemption: IpExemption) {
    this.#clock = clock
    this.#exemption = exemption
  }

  /** True when a connection from `ip` may go on to be encrypted. */
  admit(ip: string): boolean {
    if (this.#exemption.isExempt(ip)) return true
    const nowMs = this.#clock.monotonicMs()
    if (nowMs - this.#windowStartMs >= WINDOW_MS || this.#counts.size >= MAX_TRACKED_ADDRESSES) {
      this.#counts.clear()
      this.#windowStartMs = nowMs
    }
    const place = placeOf(ip) ?? ip
    const count = (this.#counts.get(place) ?? 0) + 1
    this.#counts.set(place, count)
    if (count <= INBOUND_CONNECTIONS_PER_SECOND) return true
    this.refused++
    return false
  }
}

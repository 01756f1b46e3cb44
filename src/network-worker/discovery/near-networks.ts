import { ipNetwork, PROVIDER_BYTES } from './ip-network.ts'

/** More networks than a node measures peers of in a day, at some 100 bytes each. The longest unused goes first. */
export const MAX_NETWORKS = 2048

/**
 * The best round trip measured to any peer of a network, /16 of IPv4 and /32 of IPv6: the machines of one provider in
 * one place are mostly alike, so that a neighbour of a near peer is the best guess there is.
 */
export class NearNetworks {
  readonly #max: number
  /** In order of the last measurement. */
  readonly #bestRttMs = new Map<string, number>()
  /** Networks given up for lack of room, since start. */
  dropped = 0

  constructor(max: number = MAX_NETWORKS) {
    this.#max = max
  }

  get size(): number {
    return this.#bestRttMs.size
  }

  /** Takes a verified round trip; what is no address is passed over. */
  note(ip: string, bestRttMs: number): void {
    const network = ipNetwork(ip, PROVIDER_BYTES)
    if (network === undefined) return
    const before = this.#bestRttMs.get(network) ?? Number.POSITIVE_INFINITY
    this.#bestRttMs.delete(network)
    this.#bestRttMs.set(network, Math.min(before, bestRttMs))
    if (this.#bestRttMs.size <= this.#max) return
    const [oldest] = this.#bestRttMs.keys()
    if (oldest === undefined) return
    this.#bestRttMs.delete(oldest)
    this.dropped++
  }

  /** The round trip to expect of an unmeasured peer at this address; undefined when nobody of its network was measured. */
  expectedRttMs(ip: string): number | undefined {
    const network = ipNetwork(ip, PROVIDER_BYTES)
    return network === undefined ? undefined : this.#bestRttMs.get(network)
  }
}

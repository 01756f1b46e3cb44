import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { scopeOf } from './address-scope.ts'

/** What the configuration, and the record of the last run, say of one address family. */
export interface ExternalAddressOptions {
  /** What we listen on; undefined when not by this family. */
  readonly listenIp: string | undefined
  /** `--enr-ip` of this family. */
  readonly operatorIp: string | undefined
  /** `--enr-udp`. */
  readonly operatorUdp: number | undefined
  /** Without discovery nobody votes, and there is no UDP port. */
  readonly hasDiscovery: boolean
  /** UDP port of discovery as far as it is known before it is bound. */
  readonly udpPort: number | undefined
  /** The address in the record of the last run. */
  readonly keptIp: string | undefined
}

/** A UDP endpoint as others see it. */
export interface SeenEndpoint {
  readonly ip: string
  readonly port: number
}

/**
 * `local`: an address that means nothing to nodes elsewhere. `contradiction`: another than the operator's, which
 * stands. `unused`: this family has no discovery, or the port is none.
 */
export type VoteOutcome = 'changed' | 'same' | 'local' | 'contradiction' | 'unused'

/**
 * Where one address family of this node is reached from outside. The operator's word counts most, then what peers
 * voted, then a specific address that we listen on.
 *
 * The address of the last run stands for a vote until there is one, so that a restart does not take a node out of
 * everybody's table. On a host that has moved it is wrong until then, and costs no more than having none: neither way
 * can others reach us. It is dropped where no vote would ever correct it (no discovery) or where it cannot have been
 * one (we listen on a specific global or loopback address).
 */
export class ExternalAddress {
  readonly #options: ExternalAddressOptions
  #udpPort: number | undefined
  #voted: { readonly ip: string; readonly port: number | undefined } | undefined

  constructor(options: ExternalAddressOptions) {
    this.#options = options
    this.#udpPort = options.udpPort
    const { keptIp, listenIp } = options
    const isPlausible = keptIp !== undefined && listenIp !== undefined && scopeOf(listenIp) !== 'global'
    if (isPlausible && options.hasDiscovery && mayAdvertise(keptIp, listenIp)) {
      this.#voted = { ip: keptIp, port: undefined }
    }
  }

  /** The address to advertise; undefined while none is known. */
  get ip(): string | undefined {
    const { operatorIp, listenIp } = this.#options
    const bound = listenIp !== undefined && scopeOf(listenIp) !== 'none' ? listenIp : undefined
    return operatorIp ?? this.#voted?.ip ?? bound
  }

  /** The discovery port to advertise; undefined without discovery. */
  get udp(): number | undefined {
    const { hasDiscovery, listenIp, operatorUdp } = this.#options
    if (!hasDiscovery || listenIp === undefined || this.#udpPort === undefined) return undefined
    return operatorUdp ?? this.#voted?.port ?? this.#udpPort
  }

  /**
   * The port that discovery was given; undefined when it has none by this family. What was voted on was another socket,
   * if that had another port.
   */
  bound(udpPort: number | undefined): void {
    if (udpPort === this.#udpPort) return
    this.#udpPort = udpPort
    if (this.#voted !== undefined) this.#voted = { ip: this.#voted.ip, port: undefined }
  }

  /** Takes what enough peers agree on. */
  vote({ ip, port }: SeenEndpoint): VoteOutcome {
    const { hasDiscovery, listenIp, operatorIp } = this.#options
    if (!hasDiscovery || listenIp === undefined || !isPort(port)) return 'unused'
    // Behind the operator's address, the port may still be another than the one bound.
    if (operatorIp !== undefined && canonical(operatorIp) !== ip) return 'contradiction'
    if (operatorIp === undefined && !mayAdvertise(ip, listenIp)) return 'local'
    const before = [this.ip, this.udp].join()
    this.#voted = { ip, port }
    return [this.ip, this.udp].join() === before ? 'same' : 'changed'
  }
}

/** An address in its one canonical form, IPv4 within IPv6 as the IPv4 it is; undefined when it is none. */
export function canonical(ip: string): string | undefined {
  return isIP(ip) === 0 || ip.includes('%') ? undefined : ipaddr.process(ip).toString()
}

/** Nodes elsewhere reach neither loopback nor private addresses: those are for a node that itself listens on such. */
function mayAdvertise(ip: string, listenIp: string): boolean {
  const seen = scopeOf(ip)
  const own = scopeOf(listenIp)
  if (seen === 'none' || (seen === 'loopback') !== (own === 'loopback')) return false
  return seen !== 'private' || own === 'private'
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port <= 65_535
}

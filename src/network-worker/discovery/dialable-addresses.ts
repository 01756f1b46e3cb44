/**
 * Which addresses of a stranger's record are dialled. Whoever signs a record writes into it what he likes: the port of a
 * service in the operator's own network, or on this machine.
 */
import type { RelayConfig } from '../../config/schema.ts'
import { decodeNodeRecord } from '../../consensus/decode-node-record.ts'
import { NETWORK_NAMES } from '../../consensus/networks.ts'
import type { NodeRecord } from '../../shared/node-record.ts'
import { scopeOf } from '../host/address-scope.ts'
import { ipOf, parseMultiaddr } from '../host/addresses.ts'

export type DialableConfig = Pick<
  RelayConfig,
  'network' | 'listenAddresses' | 'enrIps' | 'bootnodes' | 'peers' | 'tcp' | 'quic'
>

/**
 * Leaves in a record the addresses that may be dialled: of transports that run, and of a scope that the operator spoke
 * of. In a public network that is the internet, and the local network or this machine only when a listen address,
 * `--enr-ip`, a boot node or a configured peer is there; a network of his own is wherever he runs it.
 */
export function dialableAddresses(config: DialableConfig): (record: NodeRecord) => NodeRecord {
  const scopes = dialledScopes(config)
  const isDialable = (text: string): boolean => {
    const address = parseMultiaddr(text)
    const ip = address === undefined ? undefined : ipOf(address)
    if (ip === undefined || !scopes.has(scopeOf(ip))) return false
    return text.includes('/quic-v1') ? config.quic : config.tcp
  }
  return (record) => {
    const addresses = record.addresses.filter(isDialable)
    return addresses.length === record.addresses.length ? record : { ...record, addresses }
  }
}

function dialledScopes(config: DialableConfig): ReadonlySet<string> {
  const { network, listenAddresses, enrIps, bootnodes, peers } = config
  if (!NETWORK_NAMES.some((name) => name === network.name)) return new Set(['global', 'private', 'loopback'])
  const named = [...listenAddresses, ...enrIps, ...[...bootnodes, ...peers].flatMap(ipsOf)]
  return new Set(['global', ...named.map(scopeOf).filter((scope) => scope !== 'none')])
}

/** Of a record or a multiaddr; none of what is neither, which is told where it is used. */
function ipsOf(text: string): readonly string[] {
  try {
    const { ip, ip6 } = decodeNodeRecord(text)
    return [ip, ip6].flatMap((address) => address ?? [])
  } catch {
    const address = parseMultiaddr(text)
    const ip = address === undefined ? undefined : ipOf(address)
    return ip === undefined ? [] : [ip]
  }
}

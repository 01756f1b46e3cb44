import ipaddr from 'ipaddr.js'
import type { PeerIdStr } from '../shared/ids.ts'

const ADDRESS_BYTES = { 4: 4, 6: 16 } as const

/** Ranges where no single node can be: dialling such an address would reach this machine, nobody, or everybody. */
const UNREACHABLE_RANGES: ReadonlySet<string> = new Set(['unspecified', 'broadcast', 'multicast'])

/** The text of a record's `ip` or `ip6`; undefined when it has another length, or nobody can be there. */
export function ipText(bytes: Uint8Array | undefined, family: 4 | 6): string | undefined {
  if (bytes?.length !== ADDRESS_BYTES[family]) return undefined
  const address = ipaddr.fromByteArray([...bytes])
  return UNREACHABLE_RANGES.has(address.range()) ? undefined : address.toString()
}

/** A record's port: big-endian without leading zeros, not 0. */
export function portOf(bytes: Uint8Array | undefined): number | undefined {
  const [first = 0, second] = bytes ?? []
  if (bytes === undefined || bytes.length > 2 || first === 0) return undefined
  return second === undefined ? first : first * 256 + second
}

export interface AddressFields {
  readonly ip: string | undefined
  readonly ip6: string | undefined
  readonly field: (key: string) => Uint8Array | undefined
  readonly peerId: PeerIdStr
}

/** Multiaddrs of libp2p's transports, TCP before QUIC (ADR 42) and IPv4 before IPv6. */
export function addressesOf({ ip, ip6, field, peerId }: AddressFields): string[] {
  const hosts = [
    { host: ip === undefined ? undefined : `/ip4/${ip}`, suffix: '' },
    { host: ip6 === undefined ? undefined : `/ip6/${ip6}`, suffix: '6' },
  ]
  const found: string[] = []
  for (const [key, transport, tail] of [
    ['tcp', 'tcp', ''],
    ['quic', 'udp', '/quic-v1'],
  ] as const) {
    for (const { host, suffix } of hosts) {
      const port = portOf(field(`${key}${suffix}`))
      if (host !== undefined && port !== undefined) found.push(`${host}/${transport}/${port}${tail}/p2p/${peerId}`)
    }
  }
  return found
}

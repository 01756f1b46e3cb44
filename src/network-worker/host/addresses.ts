import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'

/** The address, host part only: `1.2.3.4` of `/ip4/1.2.3.4/tcp/9000/p2p/…`; undefined for names and relays. */
export function ipOf(address: Multiaddr): string | undefined {
  const first = address.getComponents()[0]
  return first?.name === 'ip4' || first?.name === 'ip6' ? first.value : undefined
}

/** fe80::/10 and 169.254.0.0/16: without its zone such an address leads nobody to this machine. */
const LINK_LOCAL = /^\/(ip6\/fe[89ab][0-9a-f]:|ip4\/169\.254\.)/

/** What others can be told of the addresses bound: link-local ones are left out. */
export function tellable(addresses: readonly Multiaddr[]): Multiaddr[] {
  return addresses.filter((address) => !LINK_LOCAL.test(address.toString()))
}

export type IpFamily = 4 | 6

/** The family of a valid address without zone. */
export function familyOf(ip: string): IpFamily {
  return ip.includes(':') ? 6 : 4
}

/** The address as the API shows a peer's: without its trailing `/p2p/<id>`. */
export function withoutPeerId(address: Multiaddr): string {
  return address.toString().replace(/\/p2p\/[^/]+$/, '')
}

/** One IP address with the ports of the transports that are on. */
export interface Endpoint {
  readonly address: string
  readonly tcpPort: number | undefined
  readonly quicPort: number | undefined
}

/** The endpoint's multiaddrs, TCP first. In a listen address port 0 asks the system for a free one. */
export function endpointAddresses(options: Endpoint): string[] {
  const host = `/ip${familyOf(options.address)}/${options.address}`
  const addresses: string[] = []
  if (options.tcpPort !== undefined) addresses.push(`${host}/tcp/${options.tcpPort}`)
  if (options.quicPort !== undefined) addresses.push(`${host}/udp/${options.quicPort}/quic-v1`)
  return addresses
}

/**
 * Addresses as `/node/info` shows them, each once and ending in `/p2p/<id>`: TCP before QUIC (design.md §2), and within
 * a transport those `advertised` in the record before those of the machine's own interfaces.
 */
export function publicAddresses(
  bound: readonly Multiaddr[],
  peerId: string,
  advertised: readonly Endpoint[] = [],
): string[] {
  const first = advertised.flatMap(endpointAddresses).map((text) => multiaddr(text).toString())
  const all = new Set([...first, ...bound.map(withoutPeerId)])
  const rank = (text: string): number => (text.includes('/quic') ? 1 : 0)
  return [...all].toSorted((a, b) => rank(a) - rank(b)).map((text) => `${text}/p2p/${peerId}`)
}

/** The port a listener got, of the first address of that transport and family. */
export function boundPort(
  addresses: readonly Multiaddr[],
  transport: 'tcp' | 'quic',
  family: IpFamily,
): number | undefined {
  for (const address of addresses) {
    const names = address.getComponents()
    if (names[0]?.name !== `ip${family}`) continue
    const isQuic = names.some((part) => part.name.startsWith('quic'))
    if ((transport === 'quic') !== isQuic) continue
    const port = names.find((part) => part.name === (isQuic ? 'udp' : 'tcp'))?.value
    if (port !== undefined) return Number(port)
  }
  return undefined
}

/** Parses what an operator typed. @returns undefined when it is no multiaddr */
export function parseMultiaddr(text: string): Multiaddr | undefined {
  try {
    return multiaddr(text)
  } catch {
    return undefined
  }
}

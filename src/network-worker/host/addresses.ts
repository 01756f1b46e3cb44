import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'

/** The address, host part only: `1.2.3.4` of `/ip4/1.2.3.4/tcp/9000/p2p/…`; undefined for names and relays. */
export function ipOf(address: Multiaddr): string | undefined {
  const first = address.getComponents()[0]
  return first?.name === 'ip4' || first?.name === 'ip6' ? first.value : undefined
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
  const family = options.address.includes(':') ? 'ip6' : 'ip4'
  const addresses: string[] = []
  if (options.tcpPort !== undefined) addresses.push(`/${family}/${options.address}/tcp/${options.tcpPort}`)
  if (options.quicPort !== undefined) addresses.push(`/${family}/${options.address}/udp/${options.quicPort}/quic-v1`)
  return addresses
}

/**
 * Orders addresses as `/node/info` shows them, each ending in `/p2p/<id>`: TCP before QUIC (design.md §2), and within a
 * transport the advertised `firstIp` before those of the machine's own interfaces.
 */
export function publicAddresses(addresses: readonly Multiaddr[], peerId: string, firstIp?: string): string[] {
  const rank = (address: Multiaddr): number =>
    (address.toString().includes('/quic') ? 2 : 0) + (ipOf(address) === firstIp ? 0 : 1)
  return addresses
    .toSorted((a, b) => rank(a) - rank(b))
    .map((address) => address.toString())
    .map((text) => (text.includes('/p2p/') ? text : `${text}/p2p/${peerId}`))
}

/** The port a listener got, of the first address of that transport. */
export function boundPort(addresses: readonly Multiaddr[], transport: 'tcp' | 'quic'): number | undefined {
  for (const address of addresses) {
    const names = address.getComponents()
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

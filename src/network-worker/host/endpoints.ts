import type { RelayConfig } from '../../config/schema.ts'
import type { UdpBind } from '../../rpc/discovery-contract.ts'
import type { Endpoint } from './addresses.ts'

/**
 * Where the configuration has us listen: one endpoint for each address family. libp2p binds `::` for IPv6 alone, with
 * TCP and QUIC both (measured with @libp2p/tcp 11 and @chainsafe/libp2p-quic 2 on Linux with bindv6only=0), so that it
 * and `0.0.0.0` share a port, and no peer comes in as `::ffff:1.2.3.4`.
 */
export function listenEndpoints(config: RelayConfig): readonly Endpoint[] {
  return config.listenAddresses.map((address) => ({
    address,
    tcpPort: config.tcp ? config.port : undefined,
    quicPort: config.quic ? config.quicPort : undefined,
  }))
}

/** Where the operator says we are reached: `--enr-ip`, with the ports given or else those bound, if they are fixed. */
export function announcedEndpoints(config: RelayConfig): readonly Endpoint[] {
  return config.enrIps.map((address) => ({
    address,
    tcpPort: config.tcp ? (config.enrTcp ?? fixedPort(config.port)) : undefined,
    quicPort: config.quic ? (config.enrQuic ?? fixedPort(config.quicPort)) : undefined,
  }))
}

/** The sockets that discovery shall open; none when it is off. */
export function discoveryBinds({ discovery, listenAddresses, port }: RelayConfig): readonly UdpBind[] {
  return discovery ? listenAddresses.map((address) => ({ address, port })) : []
}

/** A port others can be told of before it is bound; undefined when the system chooses. */
export function fixedPort(port: number): number | undefined {
  return port === 0 ? undefined : port
}

import type { RelayConfig } from '../../config/schema.ts'
import type { Endpoint } from './addresses.ts'

/** Where the configuration has us listen. */
export function listenEndpoint(config: RelayConfig): Endpoint {
  return {
    address: config.listenAddress,
    tcpPort: config.tcp ? config.port : undefined,
    quicPort: config.quic ? config.quicPort : undefined,
  }
}

/** Where the operator says we are reached: `--enr-ip`, with the ports given or else those bound, if they are fixed. */
export function announcedEndpoint(config: RelayConfig): Endpoint | undefined {
  if (config.enrIp === undefined) return undefined
  return {
    address: config.enrIp,
    tcpPort: config.tcp ? (config.enrTcp ?? fixed(config.port)) : undefined,
    quicPort: config.quic ? (config.enrQuic ?? fixed(config.quicPort)) : undefined,
  }
}

function fixed(port: number): number | undefined {
  return port === 0 ? undefined : port
}

import { RelayError } from '../shared/errors.ts'
import type { NetworkConfig } from './network-config.ts'
import { holesky } from './networks/holesky.ts'
import { hoodi } from './networks/hoodi.ts'
import { mainnet } from './networks/mainnet.ts'
import { sepolia } from './networks/sepolia.ts'

/** The networks this relay knows by name; any other comes from a `--network-dir`. */
export const NETWORK_NAMES = ['mainnet', 'hoodi', 'sepolia', 'holesky'] as const
export type NetworkName = (typeof NETWORK_NAMES)[number]

const NETWORKS: Readonly<Record<NetworkName, NetworkConfig>> = { mainnet, hoodi, sepolia, holesky }

/** True when `name` is one of `NETWORK_NAMES`. */
export function isNetworkName(name: string): name is NetworkName {
  return Object.hasOwn(NETWORKS, name)
}

/**
 * The network of that name.
 * @throws RelayError CONFIG_INVALID when there is none
 */
export function networkByName(name: string): NetworkConfig {
  if (isNetworkName(name)) return NETWORKS[name]
  throw new RelayError('CONFIG_INVALID', `unknown network "${name}"; known: ${NETWORK_NAMES.join(', ')}`)
}

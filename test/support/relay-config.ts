import type { RelayConfig } from '../../src/config/schema.ts'
import type { BlobParameters, NetworkConfig } from '../../src/consensus/network-config.ts'

export interface RelayNetworkOptions {
  /** Unix time of slot 0, in seconds; 100 slots ago unless given. */
  readonly genesisTimeSeconds?: number
  readonly slotDurationMs?: number
  readonly slotsPerEpoch?: number
  readonly blobSchedule?: readonly BlobParameters[]
}

/** A network of its own in fulu from the start, with slots of two seconds. */
export function relayNetwork(options: RelayNetworkOptions = {}): NetworkConfig {
  const { slotDurationMs = 2000, slotsPerEpoch = 32 } = options
  const slot100Ago = Math.floor((Date.now() - 100 * slotDurationMs) / 1000)
  return {
    name: 'loopback',
    genesisTimeSeconds: options.genesisTimeSeconds ?? slot100Ago,
    genesisValidatorsRootHex: 'c3'.repeat(32),
    slotDurationMs,
    slotsPerEpoch,
    forks: (['phase0', 'altair', 'bellatrix', 'capella', 'deneb', 'electra', 'fulu'] as const).map((name, index) => ({
      name,
      versionHex: `${index + 1}0000099`,
      epoch: 0,
    })),
    blobSchedule: options.blobSchedule ?? [],
    maxBlobsPerBlockDeneb: 6,
    maxBlobsPerBlockElectra: 9,
    bootnodes: [],
  }
}

/** A relay on 127.0.0.1 with ports of the system's choice, TCP only, silent, for blocks alone. */
export function relayConfig(dataDir: string, overrides: Partial<RelayConfig> = {}): RelayConfig {
  const network = overrides.network ?? relayNetwork()
  return {
    network,
    validatorRegistry: false,
    bootnodes: [],
    dataDir,
    listenAddresses: ['127.0.0.1'],
    enrIps: [],
    port: 0,
    quicPort: 0,
    tcp: true,
    quic: false,
    layers: 'own',
    keepWindows: true,
    growWindows: true,
    congestionControl: 'auto',
    peers: [],
    trustedPeers: [],
    bannedPeers: [],
    banDuration: 1800,
    discovery: false,
    targetPeers: 20,
    maxLatencyMs: 1000,
    countLoopback: false,
    ipLimitExempt: [],
    networkLoad: 5,
    activeValidators: null,
    topics: ['beacon_block'],
    attestationSubnets: 'none',
    custodyColumns: [],
    recentSlots: 64,
    validation: { default: 'blind', perTopic: {} },
    corroborationTimeMs: 4000,
    apiAddress: '127.0.0.1',
    apiPort: 0,
    corsOrigin: [],
    metrics: true,
    logLevel: 'info',
    logFormat: 'json',
    ...overrides,
  }
}

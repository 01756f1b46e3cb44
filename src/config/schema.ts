/**
 * Every setting of the relay: the only place where its type, default, names and description are written. The loader,
 * the usage text and docs/operators/config.md all read it from here.
 *
 * A field's name gives its others: `targetPeers` is `--target-peers`, `STARLING_TARGET_PEERS` and `target-peers:`.
 */
import { z } from 'zod'
import { NUMBER_OF_COLUMNS } from '../consensus/custody.ts'
import type { NetworkConfig } from '../consensus/network-config.ts'
import { NETWORK_NAMES } from '../consensus/networks.ts'
import { ATTESTATION_SUBNET_COUNT } from '../consensus/topic-table.ts'
import type { PeerIdStr } from '../shared/ids.ts'
import { MAX_TRUSTED_PEERS } from '../shared/limits.ts'
import { addressSettings } from './address-settings.ts'
import { apiSettings } from './api-settings.ts'
import { beaconNodeSettings } from './beacon-node-settings.ts'
import { DEFAULT_TOPICS, indexChoice, topicChoice } from './gossip-choices.ts'
import { bootNodes, peerAddresses } from './peer-address.ts'
import { setting } from './setting-meta.ts'
import { validationChoice } from './validation-choice.ts'
import { choice, cidrs, decimal, integer, pathText, rootHex, switchText } from './value-types.ts'

/** Peers above this cost more file descriptors and heartbeat time than one network thread has. */
const MAX_TARGET_PEERS = 1000
/** A peer slower than a minute has long been disconnected for other reasons. */
const MAX_LATENCY_MS = 60_000
/** A terabit a second: more than a host has. */
const MAX_UPLINK_MBITS = 1_000_000
/** Levels above 20 run as 20 but are echoed as asked. */
const MAX_NETWORK_LOAD = 40
/** A year: whoever is to be gone for longer is banned for good. */
const MAX_BAN_DURATION_SECONDS = 31_536_000
/** A slot of mainnet: what comes later has been overtaken. */
const MAX_CORROBORATION_MS = 12_000
/** Eight epochs; whoever wants more history wants a node. */
const MAX_RECENT_SLOTS = 256
/** Ten times mainnet. */
const MAX_ACTIVE_VALIDATORS = 10_000_000

const networkSettings = {
  network: setting(choice(NETWORK_NAMES).default('mainnet'), {
    group: 'Network',
    placeholder: 'NAME',
    description: `Network to relay: ${NETWORK_NAMES.join(', ')}.`,
  }),
  networkDir: setting(pathText.optional(), {
    group: 'Network',
    placeholder: 'DIR',
    defaultText: 'none',
    description:
      'Directory of another network, as devnet generators write it: config.yaml, genesis_validators_root.txt or genesis.ssz, optional bootstrap_nodes.yaml or .txt. Instead of network.',
  }),
  genesisTime: setting(integer(0, Number.MAX_SAFE_INTEGER).optional(), {
    group: 'Network',
    placeholder: 'SECONDS',
    defaultText: "the network's",
    description: 'Unix time of slot 0, in seconds.',
  }),
  genesisValidatorsRoot: setting(rootHex.optional(), {
    group: 'Network',
    placeholder: 'ROOT',
    defaultText: "the network's",
    description: 'Genesis validators root, 32 bytes of hex.',
  }),
  dataDir: setting(pathText.default('./data'), {
    group: 'Network',
    placeholder: 'DIR',
    description: 'Directory of the node key and everything else that outlives a restart.',
  }),
}

const peerSettings = {
  bootnodes: setting(bootNodes().optional(), {
    group: 'Peers',
    kind: 'list',
    placeholder: 'ENR|MULTIADDR',
    defaultText: "the network's",
    description: "Boot nodes, in place of the network's; empty for none.",
  }),
  peers: setting(peerAddresses().default([]), {
    group: 'Peers',
    kind: 'list',
    placeholder: 'ENR|MULTIADDR',
    description: 'Peers to dial once at start.',
  }),
  trustedPeers: setting(peerAddresses(MAX_TRUSTED_PEERS).default([]), {
    group: 'Peers',
    kind: 'list',
    placeholder: 'ENR|MULTIADDR',
    description: `Peers to trust for this run: kept connected, exempt from scores and limits. At most ${MAX_TRUSTED_PEERS}; a ban of one wins.`,
  }),
  banPeersFile: setting(pathText.optional(), {
    group: 'Peers',
    placeholder: 'FILE',
    defaultText: 'none',
    description:
      'File of peers to ban at each start, one peer id a line; # begins a comment. A ban lifted over the API comes back at the next start.',
  }),
  banDuration: setting(integer(1, MAX_BAN_DURATION_SECONDS).default(1800), {
    group: 'Peers',
    placeholder: 'SECONDS',
    description: `Time before the score of a peer banned for it begins to decay, after which the ban is soon lifted: 1 to ${MAX_BAN_DURATION_SECONDS}. The API's text says both about 30 minutes and 12 hours; 43200 is the latter.`,
  }),
  discovery: setting(switchText.default(true), {
    group: 'Peers',
    kind: 'switch',
    description: 'Find peers by discv5.',
  }),
  targetPeers: setting(integer(0, MAX_TARGET_PEERS).default(80), {
    group: 'Peers',
    placeholder: 'N',
    description: `Connected peers to aim for, 0 to ${MAX_TARGET_PEERS}.`,
  }),
  maxLatencyMs: setting(decimal(1, MAX_LATENCY_MS).default(150), {
    group: 'Peers',
    placeholder: 'MS',
    description: `Peers whose best round trip is longer are disconnected; milliseconds, 1 to ${MAX_LATENCY_MS}.`,
  }),
  countLoopback: setting(switchText.default(false), {
    group: 'Peers',
    kind: 'switch',
    description: 'Apply the limits per IP address to loopback peers too.',
  }),
  ipLimitExempt: setting(cidrs().default([]), {
    group: 'Peers',
    kind: 'list',
    placeholder: 'CIDR',
    description: "Address ranges to which the limits per IP address do not apply, such as an operator's own fleet.",
  }),
}

const gossipSettings = {
  networkLoad: setting(integer(1, MAX_NETWORK_LOAD).default(5), {
    group: 'Gossip',
    placeholder: 'N',
    description: `Mesh size and heartbeat, 1 to ${MAX_NETWORK_LOAD}; levels above 20 run as 20.`,
  }),
  uplinkMbits: setting(integer(1, MAX_UPLINK_MBITS).optional(), {
    group: 'Gossip',
    placeholder: 'N',
    defaultText: 'not known',
    description:
      "What of the host's line is this relay's to send through, Mbit a second. What is more than that waits in the relay, where blocks go before columns and columns before votes, and not in the system, where all wait alike. Somewhat too little does no harm; too much is as good as nothing said.",
  }),
  activeValidators: setting(integer(1, MAX_ACTIVE_VALIDATORS).optional(), {
    group: 'Gossip',
    placeholder: 'N',
    defaultText: 'mainnet 1,000,000, else none',
    description: `Active validators of the network, 1 to ${MAX_ACTIVE_VALIDATORS}: how many messages a topic should carry. Score rules that need the number are off without it.`,
  }),
  topics: setting(topicChoice.default([...DEFAULT_TOPICS]), {
    group: 'Gossip',
    kind: 'list',
    placeholder: 'all|none|NAME',
    description:
      'Topics to relay: all, none, or gossip names without subnet numbers. Names without a topic in the current fork wait for theirs.',
  }),
  attestationSubnets: setting(indexChoice(['backbone', 'all', 'none'], ATTESTATION_SUBNET_COUNT).default('backbone'), {
    group: 'Gossip',
    kind: 'list',
    placeholder: 'backbone|all|none|N',
    description: 'Attestation subnets to relay: the two the node id asks for (backbone), all, none, or their numbers.',
  }),
  custodyColumns: setting(indexChoice(['custody', 'all'], NUMBER_OF_COLUMNS).default('custody'), {
    group: 'Gossip',
    kind: 'list',
    placeholder: 'custody|all|N',
    description:
      "Data columns to relay when topics hold data_column_sidecar: those of the node id's custody groups (custody), all, or their numbers.",
  }),
  recentSlots: setting(integer(0, MAX_RECENT_SLOTS).default(64), {
    group: 'Gossip',
    placeholder: 'N',
    description: `Slots of blocks and data columns that are kept on disk, in the data directory, and served to peers that missed them: 0 to ${MAX_RECENT_SLOTS}, 0 for none.`,
  }),
  validation: setting(validationChoice.default({ default: 'default', perTopic: {} }), {
    group: 'Gossip',
    kind: 'list',
    placeholder: '[NAME=]POLICY',
    defaultText: 'by topic',
    description:
      'What a message must pass before it is forwarded, for all topics or NAME=POLICY for one: strict (signatures, where the keys are known), corroborate(K) (K independent peers sent it; 2 unless said), sampled (votes: all of whoever is new, some of who is known), blind (stateless checks), none (everything is forwarded: for benchmarks only). See validation.md.',
  }),
  corroborationTimeMs: setting(integer(100, MAX_CORROBORATION_MS).default(4000), {
    group: 'Gossip',
    placeholder: 'MS',
    description: `How long a message waits for another peer to send it under corroborate, 100 to ${MAX_CORROBORATION_MS}; votes wait 1000 at most.`,
  }),
}

const loggingSettings = {
  logLevel: setting(choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'), {
    group: 'Logging',
    placeholder: 'LEVEL',
    description: 'Least severe level that is logged: trace, debug, info, warn, error, fatal or silent.',
  }),
  logFormat: setting(choice(['pretty', 'json']).optional(), {
    group: 'Logging',
    placeholder: 'FORMAT',
    defaultText: 'pretty on a terminal, else json',
    description: 'pretty for people, json for machines.',
  }),
  logFile: setting(pathText.optional(), {
    group: 'Logging',
    placeholder: 'FILE',
    defaultText: 'none',
    description: 'File to log to.',
  }),
}

const generalSettings = {
  config: setting(pathText.optional(), {
    group: 'General',
    placeholder: 'FILE.yaml',
    defaultText: 'none',
    notFrom: ['file'],
    description: 'File with settings, one `flag-name: value` a line.',
  }),
  help: setting(switchText.default(false), {
    group: 'General',
    kind: 'switch',
    short: 'h',
    notFrom: ['environment', 'file'],
    description: 'Print this text and end.',
  }),
  version: setting(switchText.default(false), {
    group: 'General',
    kind: 'switch',
    notFrom: ['environment', 'file'],
    description: 'Print the version and end.',
  }),
}

/** All settings as the operator writes them, each on its own; rules between them are in cross-checks.ts. */
export const settingsSchema = z.object({
  ...networkSettings,
  ...beaconNodeSettings,
  ...addressSettings,
  ...peerSettings,
  ...gossipSettings,
  ...apiSettings,
  ...loggingSettings,
  ...generalSettings,
})

export type Settings = z.output<typeof settingsSchema>
export type SettingName = keyof Settings

/** Settings that only serve to find the configuration. */
type LoaderOnly = 'network' | 'networkDir' | 'genesisTime' | 'genesisValidatorsRoot' | 'config' | 'help' | 'version'

/** Lists whose flag, given once an item, names one of them. */
type Renamed = 'listenAddress' | 'enrIp'

/**
 * What the relay runs with: complete, checked and plain data, so that it can be cloned to a worker. Paths are absolute.
 */
export interface RelayConfig
  extends Omit<Settings, LoaderOnly | Renamed | 'bootnodes' | 'logFormat' | 'activeValidators'> {
  network: NetworkConfig
  /** Where the network's directory would have its genesis state. */
  genesisFile?: string | undefined
  /** One IPv4 and one IPv6 address at most, at least one of them. */
  listenAddresses: readonly string[]
  /** One IPv4 and one IPv6 address at most. */
  enrIps: readonly string[]
  /** The operator's, or else the network's. */
  bootnodes: string[]
  /** The content of `banPeersFile`: canonical peer ids, each once. */
  bannedPeers: readonly PeerIdStr[]
  /** The operator's, or else the network's; null when neither says. */
  activeValidators: number | null
  logFormat: 'pretty' | 'json'
  /** The content of `apiTokenFile`. Secret: never logged, never sent. */
  apiToken?: string | undefined
}

/** Relays run in the test's own process: one, or two that are connected to each other. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import type { RelayConfig } from '../../src/config/schema.ts'
import { startUpSettings } from '../../src/main/operator/runtime-settings.ts'
import { type NetworkNode, startNetworkNode } from '../../src/network-worker/network-node.ts'
import type { AccessLists, ScoreBan } from '../../src/rpc/access.ts'
import type { FirstBlockSenderView } from '../../src/rpc/block-views.ts'
import type { Control, Events, ListeningEvent } from '../../src/rpc/contract.ts'
import type { KnownRecord, RestoredDiscovery } from '../../src/rpc/discovery-views.ts'
import type { MeshEvent } from '../../src/rpc/mesh-views.ts'
import type { ExplicitPeer } from '../../src/rpc/peer-views.ts'
import type { PulseEvent } from '../../src/rpc/pulse-event.ts'
import type { Handlers } from '../../src/rpc/server.ts'
import { type Clock, systemClock } from '../../src/shared/clock.ts'
import type { PeerIdStr } from '../../src/shared/ids.ts'
import { relayConfig } from './relay-config.ts'
import { until } from './until.ts'

export type RelayLogLine = Readonly<Record<string, unknown>>

export interface RunningRelay extends AsyncDisposable {
  readonly node: NetworkNode
  readonly control: Handlers<Control>
  readonly peerId: PeerIdStr
  /** Multiaddrs with `/p2p/`, TCP first. */
  readonly addresses: readonly string[]
  readonly pulses: readonly PulseEvent[]
  readonly listening: readonly ListeningEvent[]
  readonly meshEvents: readonly MeshEvent[]
  readonly scoreBans: readonly ScoreBan[]
  /** Bans by score that were lifted, by peer id. */
  readonly liftedBans: readonly PeerIdStr[]
  /** First senders of accepted blocks, one for each block. */
  readonly firstBlocks: readonly PeerIdStr[]
  readonly discoveredPeers: readonly PeerIdStr[]
  readonly keptRecords: readonly KnownRecord[]
  readonly forgottenRecords: readonly PeerIdStr[]
  /** Batches of the event stream. */
  readonly streamed: readonly Events['streamed'][]
  readonly log: readonly RelayLogLine[]
}

export interface RelayOptions {
  readonly config?: Partial<RelayConfig>
  readonly clock?: Clock
  readonly explicitPeers?: readonly ExplicitPeer[]
  readonly access?: Partial<AccessLists>
  readonly restoredScoreBans?: readonly ScoreBan[]
  readonly firstBlockSenders?: readonly FirstBlockSenderView[]
  readonly discovery?: RestoredDiscovery
}

const NO_LISTS: AccessLists = { bannedPeers: [], bannedRanges: [], bannedAgents: [], trustedPeers: [] }
const NOTHING_DISCOVERED: RestoredDiscovery = { records: [], discoveredPeers: [] }

/** Starts a relay with a data dir of its own; both are gone at the end of the scope. */
export async function startRelay({
  config = {},
  clock = systemClock,
  explicitPeers = [],
  access = {},
  restoredScoreBans = [],
  firstBlockSenders = [],
  discovery = NOTHING_DISCOVERED,
}: RelayOptions = {}): Promise<RunningRelay> {
  const dataDir = mkdtempSync(join(tmpdir(), 'starling-relay-'))
  const pulses: PulseEvent[] = []
  const listening: ListeningEvent[] = []
  const log: RelayLogLine[] = []
  const meshEvents: MeshEvent[] = []
  const scoreBans: ScoreBan[] = []
  const lifted: Events['scoreBanLifted'][] = []
  const firstBlock: Events['firstBlock'][] = []
  const discovered: Events['peerDiscovered'][] = []
  const streamed: Events['streamed'][] = []
  const keptRecords: KnownRecord[] = []
  const forgotten: Events['recordForgotten'][] = []
  const finds = { peerDiscovered: discovered, recordKept: keptRecords, recordForgotten: forgotten }
  const bans = { scoreBan: scoreBans, scoreBanLifted: lifted }
  const life = { stopping: [], fatal: [] }
  const events = { pulse: pulses, listening, mesh: meshEvents, ...bans, ...finds, firstBlock, streamed, ...life }
  const relay = relayConfig(dataDir, config)
  const node = await startNetworkNode({
    config: relay,
    restored: {
      settings: startUpSettings(relay),
      explicitPeers,
      access: { ...NO_LISTS, ...access },
      scoreBans: restoredScoreBans,
      firstBlockSenders,
      discovery,
    },
    clock,
    log: pino({ level: 'info', base: null }, { write: (line: string) => void log.push(JSON.parse(line)) }),
    emit: (name, data) => void (events[name] as unknown[]).push(data),
  }).catch((error: unknown) => {
    rmSync(dataDir, { recursive: true, force: true })
    throw error
  })
  const info = await node.control.getNodeInfo()
  return {
    node,
    control: node.control,
    peerId: info.peer_id,
    addresses: info.p2p_addresses,
    pulses,
    listening,
    meshEvents,
    scoreBans,
    get liftedBans() {
      return lifted.map(({ peerId }) => peerId)
    },
    get firstBlocks() {
      return firstBlock.map(({ peerId }) => peerId)
    },
    get discoveredPeers() {
      return discovered.map(({ peerId }) => peerId)
    },
    streamed,
    keptRecords,
    get forgottenRecords() {
      return forgotten.map(({ peerId }) => peerId)
    },
    log,
    async [Symbol.asyncDispose]() {
      await node.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Has `from` dial `to` at its first address and waits until both show the connection. */
export async function connectRelays(from: RunningRelay, to: RunningRelay): Promise<void> {
  await from.control.connectPeer({ multiaddr: to.addresses[0] ?? '' })
  await until('both relays to be connected', async () => {
    const states = [await stateOf(from, to.peerId), await stateOf(to, from.peerId)]
    return states.every((state) => state === 'connected')
  })
}

/** A peer's state as the relay shows it, undefined when it does not know the peer. */
export async function stateOf(relay: RunningRelay, peerId: PeerIdStr): Promise<string | undefined> {
  const peers = await relay.control.listPeers()
  return peers.find((peer) => peer.peer_id === peerId)?.state
}

/** Peers in the relay's mesh of a topic. */
export async function meshOf(relay: RunningRelay, topic: string): Promise<readonly PeerIdStr[]> {
  const mesh = await relay.control.listMesh()
  return mesh.find((entry) => entry.topic === topic)?.peers.map((peer) => peer.peer_id) ?? []
}

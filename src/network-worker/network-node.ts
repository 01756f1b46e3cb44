/**
 * Composition root of the network thread, blind to threads: tests run it in-process.
 * Data:    host (wire) → gossip router → validation → forward → stats
 * Control: control handlers → peers, gossip → effect → view
 * Start order: identity, chain, host with its router, Req/Resp, peers, topics; stop is the reverse.
 */
import type { RelayConfig } from '../config/schema.ts'
import { formatTopic } from '../consensus/topic.ts'
import type { Control, Events, RestoredState } from '../rpc/contract.ts'
import type { Handlers } from '../rpc/server.ts'
import type { Clock } from '../shared/clock.ts'
import { type Part, startAll, stopAll } from '../shared/lifecycle.ts'
import type { Logger } from '../shared/logger.ts'
import { AGENT_VERSION } from '../shared/version.ts'
import { type Chain, createChain } from './chain/chain.ts'
import { createControl } from './control/handlers.ts'
import { MeshControl } from './control/mesh-control.ts'
import { meshOf, RuntimeConfig } from './control/runtime-settings.ts'
import { type GossipRoom, openGossip } from './gossip/gossip-room.ts'
import { MeshLog } from './gossip/mesh-log.ts'
import { announcedEndpoint, listenEndpoint } from './host/endpoints.ts'
import { loadIdentity } from './host/identity.ts'
import { InboundLimiter } from './host/inbound-limiter.ts'
import { createIpExemption } from './host/ip-exemption.ts'
import { createHost, type Host } from './host/libp2p-host.ts'
import { LocalEnr } from './host/local-enr.ts'
import { MetadataState } from './host/local-metadata.ts'
import { LocalNodeInfo } from './host/local-node-info.ts'
import { ExplicitPeers } from './peers/explicit-peers.ts'
import { openPeers, type PeersRoom } from './peers/peers-room.ts'
import { GossipStats } from './stats/gossip-stats.ts'
import { Pulse } from './stats/pulse.ts'

export type EmitEvent = <K extends keyof Events>(name: K, data: Events[K]) => void

export interface NetworkNodeDeps {
  readonly config: RelayConfig
  readonly clock: Clock
  readonly log: Logger
  readonly emit: EmitEvent
  /** The settings in force and the explicit peers: start-up values, and what operators did in earlier runs. */
  readonly restored: RestoredState
}

export interface NetworkNode {
  readonly control: Handlers<Control>
  /** Goodbye 1 to all peers, then libp2p stops. Idempotent; resolves when nothing of it is left. */
  stop(): Promise<void>
}

/** Connections held at most: some more than wanted, so that better peers can replace worse ones. */
const CONNECTIONS_PER_TARGET_PEER = 1.3
const MIN_CONNECTIONS = 64
interface Parts {
  readonly meshLog: MeshLog
  readonly explicit: ExplicitPeers
  readonly chain: Chain
  readonly stats: GossipStats
  readonly host: Host
  readonly gossip: GossipRoom
  readonly peers: PeersRoom
  readonly info: LocalNodeInfo
}

/**
 * Builds and starts everything of the network; resolves when it listens and serves.
 * @throws RelayError CONFIG_INVALID for an unusable identity; whatever libp2p says when an address cannot be bound
 */
export async function startNetworkNode(deps: NetworkNodeDeps): Promise<NetworkNode> {
  const parts = await assemble(deps)
  const { host, chain, gossip, peers, info, explicit } = parts
  const router = host.services.gossip
  const steps = lifecycle(parts, deps)
  await startAll(steps)
  let listening = true
  let stopped: Promise<void> | undefined
  deps.emit('listening', { info: info.view() })
  warnOf(deps)
  peers.dialConfigured()
  const control = createControl({
    router,
    directory: gossip.directory,
    registry: peers.registry,
    mesh: new MeshControl({ router, registry: peers.registry }),
    explicit,
    runtimeConfig: new RuntimeConfig(deps.restored.settings, (mesh) => gossip.setLoad(router, mesh)),
    peers: peers.manager,
    dialer: peers.dialer,
    head: chain.head,
    isListening: () => listening,
    nodeInfo: () => info.view(),
    blockTopic: () => blockTopic(chain),
  })
  return {
    control,
    stop: () => {
      listening = false
      stopped ??= stopSteps(steps)
      return stopped
    },
  }
}

/** Started in this order, stopped in reverse: goodbyes are said before libp2p stops, handlers go last. */
function lifecycle(parts: Parts, deps: NetworkNodeDeps): readonly Part[] {
  const { host, gossip, peers, meshLog, explicit } = parts
  const subscriptions = gossip.subscriptions(host.services.gossip)
  const pulse = createPulse(parts, deps)
  return [
    { name: 'Req/Resp', deadlineMs: 2000, start: () => peers.start(), stop: () => peers.stop() },
    { name: 'libp2p', deadlineMs: 15_000, start: () => host.start(), stop: () => host.stop() },
    { name: 'peers', deadlineMs: 3000, stop: () => peers.leave() },
    { name: 'mesh log', deadlineMs: 1000, start: () => meshLog.start(), stop: () => meshLog.stop() },
    { name: 'topics', deadlineMs: 2000, start: () => subscriptions.start(), stop: () => subscriptions.stop() },
    {
      name: 'explicit peers',
      deadlineMs: 1000,
      start: () => explicit.start(deps.restored.explicitPeers),
      stop: () => explicit.stop(),
    },
    { name: 'pulse', deadlineMs: 1000, start: () => pulse.start(), stop: () => pulse.stop() },
  ]
}

async function stopSteps(steps: readonly Part[]): Promise<void> {
  const failures = await stopAll(steps)
  if (failures.length === 0) return
  const text = failures.map(({ name, error }) => `${name}: ${error.message}`).join('; ')
  throw new AggregateError(
    failures.map(({ error }) => error),
    text,
  )
}

async function assemble(deps: NetworkNodeDeps): Promise<Parts> {
  const { config, clock, log, emit, restored } = deps
  const meshLog = new MeshLog({ clock, log, emit: (event) => emit('mesh', event) })
  const privateKey = await loadIdentity(config.dataDir)
  const enr = new LocalEnr(config.dataDir, privateKey.raw)
  const metadata = new MetadataState()
  const chain = createChain(config.network, clock)
  const stats = new GossipStats()
  const exemption = createIpExemption(config.countLoopback, config.ipLimitExempt)
  const gossip = await openGossip({
    config,
    chain,
    clock,
    log,
    stats,
    exemption,
    nodeId: enr.nodeId,
    mesh: meshOf(restored.settings),
    onMesh: meshLog.observe,
    onEpoch: () => info.refresh(),
  })
  const host = await createHost({
    privateKey,
    agentVersion: AGENT_VERSION,
    listen: listenEndpoint(config),
    announce: announcedEndpoint(config),
    maxConnections: Math.max(MIN_CONNECTIONS, Math.ceil(restored.settings.target_peers * CONNECTIONS_PER_TARGET_PEER)),
    inboundLimiter: new InboundLimiter(clock, exemption),
    createRouter: (components) => gossip.createRouter(components),
  })
  const info = new LocalNodeInfo({ config, host, enr, metadata, chain, directory: gossip.directory })
  const peers = openPeers({ config, clock, log, chain, host, metadata })
  const explicit = new ExplicitPeers({
    router: host.services.gossip,
    registry: peers.registry,
    dialer: peers.dialer,
    ownPeerId: host.peerId.toString(),
    clock,
    log,
  })
  return { meshLog, explicit, chain, stats, host, gossip, peers, info }
}

function createPulse({ chain, stats, host, gossip, peers }: Parts, { clock, emit }: NetworkNodeDeps): Pulse {
  return new Pulse({
    clock,
    slotClock: chain.slotClock,
    stats,
    gauges: () => ({
      peers: peers.registry.connectedCount,
      blockMeshPeers: host.services.gossip.meshPeers(blockTopic(chain)).length,
      topics: gossip.directory.size,
    }),
    emit: (pulse) => emit('pulse', pulse),
  })
}

function blockTopic(chain: Chain): string {
  return formatTopic(chain.currentDigest().digestHex, 'beacon_block')
}

function warnOf({ config, log }: NetworkNodeDeps): void {
  const open = Object.entries({ default: config.validation.default, ...config.validation.perTopic })
    .filter(([, policy]) => policy === 'none')
    .map(([name]) => name)
  if (open.length > 0) {
    log.warn({ topics: open }, 'validation is OFF: everything is forwarded, and peers will ban this node for rubbish')
  }
  if (config.discovery) {
    log.warn('this release has no discovery: peers come from --peers, from POST /peers, and from those who dial us')
  }
}

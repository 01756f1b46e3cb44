/**
 * Composition root of the network thread, blind to threads: tests run it in-process.
 * Data:    host (wire) → gossip router → validation → forward → stats
 * Control: control handlers → peers, gossip → effect → view
 * Start order: identity, chain, host with its router, Req/Resp, peers, topics; stop is the reverse.
 */
import type { RelayConfig } from '../config/schema.ts'
import { presetOf } from '../consensus/network-config.ts'
import { formatTopic } from '../consensus/topic.ts'
import type { Control, Events, RestoredState, RuntimeSettings } from '../rpc/contract.ts'
import type { Handlers } from '../rpc/server.ts'
import type { Clock } from '../shared/clock.ts'
import { type Part, startAll, stopAll } from '../shared/lifecycle.ts'
import type { Logger } from '../shared/logger.ts'
import { ThreadLoad } from '../shared/thread-load.ts'
import { AGENT_VERSION } from '../shared/version.ts'
import { PoolClient } from '../validation-pool/client.ts'
import { type Chain, createChain } from './chain/chain.ts'
import { ClockOffset } from './chain/clock-offset.ts'
import { AccessControl } from './control/access-control.ts'
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
import { openPeerBooks, type PeerBooks } from './peers/peer-books.ts'
import { openPeers, type PeersRoom } from './peers/peers-room.ts'
import { TrustedPeers } from './peers/trusted-peers.ts'
import { voteGroup } from './peers/vote-group.ts'
import { BlockStats } from './stats/block-stats.ts'
import { GossipStats } from './stats/gossip-stats.ts'
import { metricsSnapshot } from './stats/metrics-snapshot.ts'
import { Pulse } from './stats/pulse.ts'

export type EmitEvent = <K extends keyof Events>(name: K, data: Events[K]) => void

export interface NetworkNodeDeps {
  readonly config: RelayConfig
  readonly clock: Clock
  readonly log: Logger
  readonly emit: EmitEvent
  /** The settings in force, and what earlier runs left. */
  readonly restored: RestoredState
}

export interface NetworkNode {
  readonly control: Handlers<Control>
  /** Goodbye 1 to all peers, then libp2p stops. Idempotent; resolves when nothing of it is left. */
  stop(): Promise<void>
}

interface Parts {
  readonly meshLog: MeshLog
  readonly explicit: ExplicitPeers
  readonly trusted: TrustedPeers
  readonly books: PeerBooks
  readonly runtimeConfig: RuntimeConfig
  readonly chain: Chain
  readonly stats: GossipStats
  readonly pool: PoolClient
  readonly blocks: BlockStats
  readonly clockOffset: ClockOffset
  readonly load: ThreadLoad
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
  const { peers, info } = parts
  const steps = lifecycle(parts, deps)
  await startAll(steps)
  let listening = true
  let stopped: Promise<void> | undefined
  deps.emit('listening', { info: info.view() })
  warnOf(deps)
  peers.dialConfigured()
  const control = controlOf(parts, () => listening)
  return {
    control,
    stop: () => {
      listening = false
      stopped ??= stopSteps(steps)
      return stopped
    },
  }
}

function controlOf(parts: Parts, isListening: () => boolean): Handlers<Control> {
  const { host, chain, gossip, peers, info, explicit, trusted, runtimeConfig, books } = parts
  const { registry, access, scores, redial, lastDisconnects } = books
  const router = host.services.gossip
  return createControl({
    router,
    directory: gossip.directory,
    registry,
    mesh: new MeshControl({ router, registry }),
    explicit,
    trusted,
    access: new AccessControl({ ...books, peers: peers.manager, trusted, explicit, ownPeerId: host.peerId.toString() }),
    scores,
    redial,
    lastDisconnects,
    blocks: parts.blocks,
    metrics: () => metricsSnapshot({ ...parts, ...books, router, directory: gossip.directory, head: chain.head }),
    isTrusted: (peerId) => access.isTrusted(peerId),
    learnEnr: (peerId, enr) => access.learnEnr(peerId, enr),
    runtimeConfig,
    peers: peers.manager,
    dialer: peers.dialer,
    head: chain.head,
    isListening,
    nodeInfo: () => info.view(),
    blockTopic: () => blockTopic(chain),
  })
}

/** Started in this order, stopped in reverse: goodbyes are said before libp2p stops, handlers go last. */
function lifecycle(parts: Parts, deps: NetworkNodeDeps): readonly Part[] {
  const { host, gossip, peers, meshLog, explicit, trusted, pool, blocks, load } = parts
  const subscriptions = gossip.subscriptions(host.services.gossip)
  const pulse = createPulse(parts, deps)
  return [
    { name: 'Req/Resp', deadlineMs: 2000, start: () => peers.start(), stop: () => peers.stop() },
    { name: 'libp2p', deadlineMs: 15_000, start: () => host.start(), stop: () => host.stop() },
    { name: 'validation pool', deadlineMs: 2000, stop: () => pool.stop() },
    { name: 'peers', deadlineMs: 3000, stop: () => peers.leave() },
    { name: 'block statistics', deadlineMs: 1000, stop: () => blocks.stop() },
    { name: 'mesh log', deadlineMs: 1000, start: () => meshLog.start(), stop: () => meshLog.stop() },
    { name: 'topics', deadlineMs: 2000, start: () => subscriptions.start(), stop: () => subscriptions.stop() },
    {
      name: 'explicit peers',
      deadlineMs: 1000,
      start: () => explicit.start(deps.restored.explicitPeers),
      stop: () => explicit.stop(),
    },
    { name: 'trusted peers', deadlineMs: 1000, start: () => trusted.start(), stop: () => trusted.stop() },
    { name: 'pulse', deadlineMs: 1000, start: () => pulse.start(), stop: () => pulse.stop() },
    { name: 'load', deadlineMs: 1000, start: () => load.start(), stop: () => load.stop() },
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
  const runtimeConfig = new RuntimeConfig(restored.settings, {
    onMesh: (mesh) => gossip.setLoad(host.services.gossip, mesh),
    onValidators: () => gossip.refreshScoring(host.services.gossip),
  })
  const settings = (): RuntimeSettings => runtimeConfig.settings
  const books = openPeerBooks({
    config,
    clock,
    log,
    restored,
    exemption,
    targetPeers: () => settings().target_peers,
    isExplicit: (peerId) => host.services.gossip.direct.has(peerId),
    gossipScore: (peerId) => host.services.gossip.score.score(peerId),
    disconnect: (peerId, reason) => peers.manager.disconnect(peerId, reason),
    onScoreBan: (ban) => emit('scoreBan', ban),
    onScoreBanLifted: (peerId) => emit('scoreBanLifted', { peerId }),
  })
  const pool = new PoolClient({ preset: presetOf(config.network), clock, log })
  const blocks = createBlockStats(chain, books, pool, deps)
  const { clockOffset, onBlockSlot } = followClock(chain, books, deps)
  const gossip = await openGossip({
    config,
    chain,
    clock,
    log,
    stats,
    blocks,
    onBlockSlot,
    exemption,
    nodeId: enr.nodeId,
    mesh: meshOf(restored.settings),
    onMesh: meshLog.observe,
    onEpoch: () => info.refresh(),
    isTrusted: (peerId) => books.access.isTrusted(peerId),
    activeValidators: () => settings().active_validators,
    onOffence: (peerId, offence) => peers.conduct.offended(peerId, offence),
  })
  const host = await createHost({
    privateKey,
    agentVersion: AGENT_VERSION,
    listen: listenEndpoint(config),
    announce: announcedEndpoint(config),
    inboundLimiter: new InboundLimiter(clock, exemption),
    gate: books.admission,
    createRouter: (components) => gossip.createRouter(components),
  })
  const info = new LocalNodeInfo({ config, host, enr, metadata, chain, directory: gossip.directory })
  const peers = openPeers({ config, clock, log, chain, host, metadata, books, settings })
  const kept = { registry: books.registry, dialer: peers.dialer, clock, log }
  const explicit = new ExplicitPeers({ ...kept, router: host.services.gossip, ownPeerId: host.peerId.toString() })
  const trusted = new TrustedPeers({ ...kept, access: books.access })
  const own = { meshLog, explicit, trusted, runtimeConfig, info, clockOffset, load: new ThreadLoad() }
  return { ...own, books, chain, stats, pool, blocks, host, gossip, peers }
}

/** Judges our clock by when blocks come; a sender's network answers for it, so that one cannot pose as many. */
function followClock({ slotClock, network }: Chain, { registry }: PeerBooks, { config, clock, log }: NetworkNodeDeps) {
  const clockOffset = new ClockOffset({ clock, slotClock, slotDurationMs: network.slotDurationMs, log })
  const ownMachine = createIpExemption(config.countLoopback, [])
  const isLoopback = (ip: string): boolean => ownMachine.isExempt(ip)
  const onBlockSlot = (slot: number, from: string): void =>
    clockOffset.onBlock(slot, voteGroup(from, registry.get(from)?.ip, isLoopback))
  return { clockOffset, onBlockSlot }
}

function createBlockStats(chain: Chain, { registry }: PeerBooks, pool: PoolClient, deps: NetworkNodeDeps): BlockStats {
  return new BlockStats({
    clock: deps.clock,
    slotClock: chain.slotClock,
    peerOf: (peerId) => registry.get(peerId),
    factsOf: (block) => pool.run('block-facts', block, [block.data.buffer]),
    restored: deps.restored.firstBlockSenders,
    onFirstBlock: (peerId) => deps.emit('firstBlock', { peerId }),
  })
}

function createPulse({ chain, stats, host, gossip, books }: Parts, { clock, emit }: NetworkNodeDeps): Pulse {
  return new Pulse({
    clock,
    slotClock: chain.slotClock,
    stats,
    gauges: () => ({
      peers: books.registry.connectedCount,
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

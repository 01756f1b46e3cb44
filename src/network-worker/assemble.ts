/**
 * Builds the parts of the network thread and joins them; nothing of it runs yet. What each part needs of the others is
 * said here and nowhere else. Parts that need each other do so by functions, called once both are there.
 */
import type { RelayConfig } from '../config/schema.ts'
import { presetOf } from '../consensus/network-config.ts'
import type { Events, RestoredState, RuntimeSettings } from '../rpc/contract.ts'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logger.ts'
import { ThreadLoad } from '../shared/thread-load.ts'
import { AGENT_VERSION } from '../shared/version.ts'
import { PoolClient } from '../validation-pool/client.ts'
import { type Chain, createChain } from './chain/chain.ts'
import { ClockOffset } from './chain/clock-offset.ts'
import { meshOf, RuntimeConfig } from './control/runtime-settings.ts'
import { type DiscoveryRoom, openDiscovery } from './discovery/discovery-room.ts'
import { ScheduleWatch } from './discovery/schedule-watch.ts'
import { EventsRoom } from './events/events-room.ts'
import { type GossipRoom, openGossip, type PassedObserver } from './gossip/gossip-room.ts'
import { MeshLog } from './gossip/mesh-log.ts'
import { announcedEndpoints, listenEndpoints } from './host/endpoints.ts'
import { loadIdentity } from './host/identity.ts'
import { InboundLimiter } from './host/inbound-limiter.ts'
import { createIpExemption, type IpExemption } from './host/ip-exemption.ts'
import { createHost, type Host } from './host/libp2p-host.ts'
import { LocalEnr } from './host/local-enr.ts'
import { advertisedCustodyGroups, MetadataState } from './host/local-metadata.ts'
import { LocalNodeInfo } from './host/local-node-info.ts'
import { configuredPeers } from './peers/dial-target.ts'
import { ExplicitPeers } from './peers/explicit-peers.ts'
import { openPeerBooks, type PeerBooks } from './peers/peer-books.ts'
import { UNKNOWN_CLIENT } from './peers/peer-record.ts'
import { openPeers, type PeersRoom } from './peers/peers-room.ts'
import { TrustedPeers } from './peers/trusted-peers.ts'
import { voteGroup } from './peers/vote-group.ts'
import { openRecent, type RecentRoom } from './recent/recent-room.ts'
import { BlockStats } from './stats/block-stats.ts'
import { GossipStats } from './stats/gossip-stats.ts'
import { createPeerSources } from './validation/policy/peer-sources.ts'
import { StatelessVerifier } from './validation/verify/stateless-verifier.ts'

export type EmitEvent = <K extends keyof Events>(name: K, data: Events[K]) => void

export interface NetworkNodeDeps {
  readonly config: RelayConfig
  readonly clock: Clock
  readonly log: Logger
  readonly emit: EmitEvent
  /** The settings in force, and what earlier runs left. */
  readonly restored: RestoredState
}

/** What stands by itself: the identity, the chain, counters, what the operator set. */
interface Ground {
  readonly privateKey: Awaited<ReturnType<typeof loadIdentity>>
  readonly enr: LocalEnr
  readonly metadata: MetadataState
  readonly chain: Chain
  readonly stats: GossipStats
  readonly meshLog: MeshLog
  readonly runtimeConfig: RuntimeConfig
  /** Follows what the network says of forks to come, so that no stale schedule isolates us unnoticed. */
  readonly watch: ScheduleWatch
  /** True for addresses that are one machine's own, where each peer is a voter of its own. */
  readonly isLoopback: (ip: string) => boolean
}

/** The wire and what gossips over it. */
interface Network {
  readonly books: PeerBooks
  readonly pool: PoolClient
  readonly verifier: StatelessVerifier
  readonly blocks: BlockStats
  readonly events: EventsRoom
  /** Undefined when it is switched off. */
  readonly recent: RecentRoom | undefined
  readonly clockOffset: ClockOffset
  readonly gossip: GossipRoom
  readonly host: Host
}

/** Those who deal with peers. */
interface Society {
  readonly info: LocalNodeInfo
  readonly peers: PeersRoom
  readonly explicit: ExplicitPeers
  readonly trusted: TrustedPeers
  readonly discovery: DiscoveryRoom
}

export type Parts = Ground & Network & Society & { readonly load: ThreadLoad }

/** All parts, for those who need one that is built after them: not to be called before `assemble` is done. */
type Later = () => Parts

/** @throws RelayError CONFIG_INVALID for an unusable identity */
export async function assemble(deps: NetworkNodeDeps): Promise<Parts> {
  let whole: Parts | undefined
  const later: Later = () => {
    if (whole === undefined) throw new Error('a part of the network thread was needed before it was built')
    return whole
  }
  const ground = await layGround(deps, later)
  const network = await openNetwork(deps, ground, later)
  const society = openSociety(deps, { ...ground, ...network }, later)
  whole = { ...ground, ...network, ...society, load: new ThreadLoad() }
  return whole
}

async function layGround({ config, clock, log, emit, restored }: NetworkNodeDeps, later: Later): Promise<Ground> {
  const privateKey = await loadIdentity(config.dataDir)
  const chain = createChain(config.network, clock)
  const ownMachine = createIpExemption(config.countLoopback, [])
  const isLoopback = (ip: string): boolean => ownMachine.isExempt(ip)
  const { schedule, slotClock, network } = chain
  return {
    privateKey,
    chain,
    isLoopback,
    enr: new LocalEnr(config.dataDir, privateKey.raw),
    metadata: new MetadataState(advertisedCustodyGroups(config)),
    stats: new GossipStats(),
    meshLog: new MeshLog({ clock, log, emit: (event) => emit('mesh', event) }),
    runtimeConfig: new RuntimeConfig(restored.settings, {
      onMesh: (mesh) => later().gossip.setLoad(later().host.services.gossip, mesh),
      onValidators: () => later().gossip.refreshScoring(later().host.services.gossip),
    }),
    watch: new ScheduleWatch({
      clock,
      schedule,
      forkVersions: network.forks.map(({ versionHex }) => versionHex),
      currentEpoch: () => slotClock.currentEpoch(),
      log,
      isLoopback,
    }),
  }
}

async function openNetwork(deps: NetworkNodeDeps, ground: Ground, later: Later): Promise<Network> {
  const { config, clock, log, restored } = deps
  const { chain, stats, enr, meshLog, runtimeConfig } = ground
  const exemption = createIpExemption(config.countLoopback, config.ipLimitExempt)
  const books = openBooks(deps, ground, exemption, later)
  const pool = new PoolClient({ preset: presetOf(config.network), clock, log })
  const verifier = new StatelessVerifier({ ...chain, clock, log })
  const events = new EventsRoom({
    ...{ preset: presetOf(config.network), clock, slotClock: chain.slotClock },
    emit: (batch) => deps.emit('streamed', batch),
  })
  const recent = openRecent({ config, chain, clock, log, nodeId: enr.nodeId })
  const blocks = createBlockStats({ chain, events, recent, pool, books }, deps)
  const { clockOffset, onBlockSlot } = followClock(ground, books, deps)
  const gossip = await openGossip({
    config,
    chain,
    clock,
    log,
    stats,
    blocks,
    events: passedObserver(events, recent),
    verifier,
    onBlockSlot,
    sources: sourcesOf(ground, books, deps, later),
    exemption,
    nodeId: enr.nodeId,
    mesh: meshOf(restored.settings),
    onMesh: meshLog.observe,
    onEpoch: () => later().info.refresh(),
    isTrusted: (peerId) => books.access.isTrusted(peerId),
    activeValidators: () => runtimeConfig.settings.active_validators,
    onOffence: (peerId, offence) => later().peers.conduct.offended(peerId, offence),
  })
  const host = await createHost({
    privateKey: ground.privateKey,
    agentVersion: AGENT_VERSION,
    listen: listenEndpoints(config),
    announce: announcedEndpoints(config),
    inboundLimiter: new InboundLimiter(clock, exemption),
    gate: books.admission,
    createRouter: (components) => gossip.createRouter(components),
  })
  return { books, pool, verifier, blocks, events, recent, clockOffset, gossip, host }
}

function openBooks(deps: NetworkNodeDeps, ground: Ground, exemption: IpExemption, later: Later): PeerBooks {
  const { config, clock, log, emit, restored } = deps
  return openPeerBooks({
    config,
    clock,
    log,
    restored,
    exemption,
    targetPeers: () => ground.runtimeConfig.settings.target_peers,
    isExplicit: (peerId) => later().host.services.gossip.direct.has(peerId),
    gossipScore: (peerId) => later().host.services.gossip.score.score(peerId),
    disconnect: (peerId, reason) => later().peers.manager.disconnect(peerId, reason),
    onScoreBan: (ban) => emit('scoreBan', ban),
    onScoreBanLifted: (peerId) => emit('scoreBanLifted', { peerId }),
  })
}

function openSociety(deps: NetworkNodeDeps, base: Ground & Network, later: Later): Society {
  const { config, clock, log, emit, restored } = deps
  const { host, books, enr, watch, runtimeConfig } = base
  const { directory } = base.gossip
  const ownPeerId = host.peerId.toString()
  const onRecord = (text: string): void => later().discovery.localRecordChanged(text)
  const info = new LocalNodeInfo({ ...base, config, directory, log, onRecord })
  const settings = (): RuntimeSettings => runtimeConfig.settings
  const peers = openPeers({
    ...base,
    config,
    clock,
    log,
    settings,
    onForkSeen: (...seen) => watch.sawStatus(...seen),
    onDialFailed: (peerId) => later().discovery.dialFailed(peerId),
  })
  const kept = { registry: books.registry, dialer: peers.dialer, clock, log }
  const discovery = openDiscovery({
    ...base,
    config,
    clock,
    log,
    directory,
    peers,
    ownPeerId,
    settings,
    restored: restored.discovery,
    privateKey: base.privateKey.raw,
    localRecord: () => enr.text,
    onBound: (binds) => info.udpBound(binds),
    onAddressVoted: (vote) => info.addressVoted(vote),
    peersOf: (topic) => host.services.gossip.topics.get(topic)?.size ?? 0,
    onDiscovered: (peerId) => emit('peerDiscovered', { peerId }),
    onKept: (record) => emit('recordKept', record),
    onForgotten: (peerId) => emit('recordForgotten', { peerId }),
  })
  return {
    info,
    peers,
    discovery,
    explicit: new ExplicitPeers({ ...kept, router: host.services.gossip, ownPeerId }),
    trusted: new TrustedPeers({ ...kept, access: books.access }),
  }
}

/** Whose word on a message counts for how much. A configured peer that cannot be named is warned of when it is dialled. */
function sourcesOf({ isLoopback }: Ground, { registry, access }: PeerBooks, deps: NetworkNodeDeps, later: Later) {
  return createPeerSources({
    configured: configuredPeers(deps.config.peers),
    isTrusted: (peerId) => access.isTrusted(peerId),
    isExplicit: (peerId) => later().host.services.gossip.direct.has(peerId),
    networkOf: (peerId) => voteGroup(peerId, registry.get(peerId)?.ip, isLoopback),
    agentOf: (peerId) => registry.get(peerId)?.client ?? UNKNOWN_CLIENT,
  })
}

/** Judges our clock by when blocks come; a sender's network answers for it, so that one cannot pose as many. */
function followClock({ chain, isLoopback }: Ground, { registry }: PeerBooks, { clock, log }: NetworkNodeDeps) {
  const { slotClock, network } = chain
  const clockOffset = new ClockOffset({ clock, slotClock, slotDurationMs: network.slotDurationMs, log })
  const onBlockSlot = (slot: number, from: string): void =>
    clockOffset.onBlock(slot, voteGroup(from, registry.get(from)?.ip, isLoopback))
  return { clockOffset, onBlockSlot }
}

/** Tells those who follow all that passed. */
function passedObserver(events: EventsRoom, recent: RecentRoom | undefined): PassedObserver {
  if (recent === undefined) return events
  return {
    onPassed: (context, data) => {
      events.onPassed(context, data)
      recent.onPassed(context, data)
    },
  }
}

function createBlockStats(
  { chain, events, recent, pool, books: { registry } }: Pick<Parts, 'chain' | 'events' | 'recent' | 'pool' | 'books'>,
  deps: NetworkNodeDeps,
): BlockStats {
  return new BlockStats({
    clock: deps.clock,
    slotClock: chain.slotClock,
    factsOf: (block) => pool.run('block-facts', block, [block.data.buffer]),
    peerOf: (peerId) => registry.get(peerId),
    restored: deps.restored.firstBlockSenders,
    onFirstBlock: (peerId) => deps.emit('firstBlock', { peerId }),
    onShown: (arrival, atMs) => events.onBlock(arrival, atMs),
    onHashed: recent && ((block, root) => recent.intake.onBlock(block, root)),
  })
}

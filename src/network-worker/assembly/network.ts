/** Host, gossip and what follows the messages. */
import type { Layers } from '../../config/address-settings.ts'
import { presetOf } from '../../consensus/network-config.ts'
import type { FirstBlockSenderView } from '../../rpc/block-views.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { Logger } from '../../shared/logger.ts'
import { AGENT_VERSION } from '../../shared/version.ts'
import { PoolClient } from '../../validation-pool/client.ts'
import { ClockOffset } from '../chain/clock-offset.ts'
import { meshOf } from '../control/runtime-settings.ts'
import { EventsRoom } from '../events/events-room.ts'
import { openGossip, type PassedObserver } from '../gossip/gossip-room.ts'
import { WindowUpkeep } from '../host/congestion/window-upkeep.ts'
import { announcedEndpoints, listenEndpoints } from '../host/endpoints.ts'
import { InboundLimiter } from '../host/inbound-limiter.ts'
import { createIpExemption, type IpExemption } from '../host/ip-exemption.ts'
import { createHost } from '../host/libp2p-host.ts'
import { sodiumAead } from '../host/noise/aead.ts'
import { openSslAead } from '../host/noise/openssl-aead.ts'
import { SocketRoom } from '../host/quic/socket-room.ts'
import { findSocketOptions } from '../host/socket-options.ts'
import { measuredBlockRttMs } from '../peers/block-way.ts'
import { configuredPeers } from '../peers/dialling/dial-target.ts'
import { openPeerBooks, type PeerBooks } from '../peers/peer-books.ts'
import { UNKNOWN_CLIENT } from '../peers/peer-record.ts'
import { VoteGroups } from '../peers/vote-group.ts'
import { openRecent, type RecentRoom } from '../recent/recent-room.ts'
import { BlockStats } from '../stats/block-stats.ts'
import { createPeerSources } from '../validation/policy/peer-sources.ts'
import { StatelessVerifier } from '../validation/verify/stateless-verifier.ts'
import type { Ground, Later, Network, NetworkNodeDeps, Parts } from './parts.ts'

/** Opens host, gossip and their followers; nothing of it runs yet. */
export async function openNetwork(deps: NetworkNodeDeps, ground: Ground, later: Later): Promise<Network> {
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
  const blocks = createBlockStats({ chain, events, recent, pool, books }, deps, later)
  const voteGroups = new VoteGroups(ground.isLoopback)
  const { clockOffset, onBlockSlot } = followClock(ground, books, deps, voteGroups)
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
    sources: sourcesOf(voteGroups, books, deps, later),
    rttMs: (peerId) => measuredBlockRttMs(books.registry.get(peerId)),
    knownSenders: knownSenders(restored.firstBlockSenders),
    exemption,
    nodeId: enr.nodeId,
    mesh: meshOf(restored.settings),
    onMesh: meshLog.observe,
    onEpoch: () => later().info.refresh(),
    isTrusted: (peerId) => books.access.isTrusted(peerId),
    activeValidators: () => runtimeConfig.settings.active_validators,
    onOffence: (peerId, offence) => later().peers.conduct.offended(peerId, offence),
  })
  const { layers } = config
  const windowUpkeep = config.keepWindows ? new WindowUpkeep(clock) : undefined
  warnOfLayers(layers, log)
  const quicRoom = config.quic ? new SocketRoom(findSocketOptions(), log) : undefined
  const host = await createHost({
    privateKey: ground.privateKey,
    agentVersion: AGENT_VERSION,
    listen: listenEndpoints(config),
    announce: announcedEndpoints(config),
    inboundLimiter: new InboundLimiter(clock, exemption),
    gate: books.admission,
    layers,
    windowUpkeep,
    createRouter: (components) => gossip.createRouter(components),
  })
  return { books, pool, verifier, blocks, events, recent, clockOffset, gossip, host, windowUpkeep, quicRoom }
}

/** Says what makes each message cost more than it need. */
function warnOfLayers(layers: Layers, log: Logger): void {
  if (layers === 'stock') {
    log.warn({ layers }, "connections are made of the libraries' layers, which are slower")
    return
  }
  if (sodiumAead === undefined) {
    log.warn('libsodium has no build for this machine: each message costs more without it')
  }
  if (openSslAead === undefined) {
    log.warn('the OpenSSL of this runtime cannot be called (koffi): each long message costs more without it')
  }
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

/** Whose word on a message counts for how much. A configured peer that cannot be named is warned of when it is dialled. */
function sourcesOf(voteGroups: VoteGroups, { registry, access }: PeerBooks, deps: NetworkNodeDeps, later: Later) {
  return createPeerSources({
    configured: configuredPeers(deps.config.peers),
    isTrusted: (peerId) => access.isTrusted(peerId),
    isExplicit: (peerId) => later().host.services.gossip.direct.has(peerId),
    networkOf: (peerId) => voteGroups.of(peerId, registry.get(peerId)),
    agentOf: (peerId) => registry.get(peerId)?.client ?? UNKNOWN_CLIENT,
    ageMs: (peerId) => {
      const record = registry.get(peerId)
      return record?.state === 'connected' ? deps.clock.monotonicMs() - record.connectedAtMs : 0
    },
  })
}

/** Judges our clock by when blocks come; a sender's network answers for it, so that one cannot pose as many. */
function followClock(
  { chain }: Ground,
  { registry }: PeerBooks,
  { clock, log }: NetworkNodeDeps,
  voteGroups: VoteGroups,
) {
  const { slotClock, network } = chain
  const clockOffset = new ClockOffset({ clock, slotClock, slotDurationMs: network.slotDurationMs, log })
  const onBlockSlot = (slot: number, from: string): void =>
    clockOffset.onBlock(slot, voteGroups.of(from, registry.get(from)))
  return { clockOffset, onBlockSlot }
}

/**
 * Blocks that a peer must have been the first to send in earlier runs to have a record from the start. Nobody showed that all
 * of them were true, hence ten times what a record takes.
 */
const KNOWN_SENDER_BLOCKS = 32

/** Who need not earn a record anew. */
function knownSenders(senders: readonly FirstBlockSenderView[]): readonly PeerIdStr[] {
  return senders.filter(({ count }) => count >= KNOWN_SENDER_BLOCKS).map(({ peer_id }) => peer_id)
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
  later: Later,
): BlockStats {
  return new BlockStats({
    clock: deps.clock,
    slotClock: chain.slotClock,
    factsOf: (block) => pool.run('block-facts', block, [block.data.buffer]),
    peerOf: (peerId) => registry.get(peerId),
    restored: deps.restored.firstBlockSenders,
    onFirstBlock: (peerId) => deps.emit('firstBlock', { peerId }),
    onShown: (arrival, atMs) => events.onBlock(arrival, atMs),
    onHashed: (block, facts) => {
      recent?.intake.onBlock(block, facts.root)
      later().gossip.policies.onHashed(block.msgId, facts)
    },
  })
}

/**
 * The network thread's node, blind to threads: tests run it in-process. `assemble.ts` builds its parts.
 * Data:    host (wire) → gossip router → validation → forward → stats
 * Control: control handlers → peers, gossip → effect → view
 * Peers:   discovery → dial queue → host → peer manager → scores
 * Start order: Req/Resp, libp2p, topics, kept peers, discovery; stop is the reverse.
 */
import type { Control } from '../rpc/contract.ts'
import type { Handlers } from '../rpc/server.ts'
import { type Part, startAll, stopAll } from '../shared/lifecycle.ts'
import { assemble } from './assemble.ts'
import type { NetworkNodeDeps, Parts } from './assembly/parts.ts'
import { blockTopic } from './chain/block-topic.ts'
import { AccessControl } from './control/access-control.ts'
import { createControl } from './control/handlers.ts'
import { MeshControl } from './control/mesh-control.ts'
import { PeerEvents } from './events/peer-events.ts'
import { CongestionChoice, wantedAlgorithms } from './host/congestion/congestion-choice.ts'
import { heapUpkeep } from './host/heap-upkeep.ts'
import { metricsSnapshot } from './stats/metrics-snapshot.ts'
import { Pulse } from './stats/pulse.ts'

export interface NetworkNode {
  readonly control: Handlers<Control>
  /** Goodbye 1 to all peers, then libp2p stops. Idempotent; resolves when nothing of it is left. */
  stop(): Promise<void>
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
  const { host, chain, gossip, peers, info, explicit, trusted, runtimeConfig, books, discovery, watch } = parts
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
    events: parts.events,
    metrics: () =>
      metricsSnapshot({ ...parts, ...books, ...gossip, windowGrowth: peers.windowGrowth, router, head: chain.head }),
    discovery,
    isTrusted: (peerId) => access.isTrusted(peerId),
    learnEnr: (peerId, enr) => access.learnEnr(peerId, enr),
    runtimeConfig,
    peers: peers.manager,
    dialer: peers.dialer,
    chain,
    isListening,
    nodeInfo: () => {
      const alert = watch.alert()
      return alert === undefined ? info.view() : { ...info.view(), schedule_alert: alert }
    },
    blockTopic: () => blockTopic(chain),
  })
}

/** Started in this order, stopped in reverse: goodbyes are said before libp2p stops, handlers go last. */
function lifecycle(parts: Parts, deps: NetworkNodeDeps): readonly Part[] {
  const { host, gossip, peers, meshLog, explicit, trusted, pool, verifier, blocks, recent, load, discovery, watch } =
    parts
  const subscriptions = gossip.subscriptions(host.services.gossip)
  const pulse = createPulse(parts, deps)
  const { slotClock, network } = parts.chain
  const heap = heapUpkeep({ clock: deps.clock, slotClock, slotDurationMs: network.slotDurationMs })
  const congestion = new CongestionChoice(wantedAlgorithms(deps.config.congestionControl), deps.log)
  const peerEvents = new PeerEvents({ host, ...parts.books, events: parts.events, clock: deps.clock })
  const endValidation = async (): Promise<void> => {
    await Promise.all([pool.stop(), verifier.stop()])
  }
  return [
    // Told to end first of all, waited for last: a thread ends when its native call does, as that which loads a library or the
    // trusted setup, two seconds and more on a busy machine, and meanwhile peers get their goodbye.
    { name: 'threads of validation', deadlineMs: 15_000, stop: endValidation },
    // Open before anybody can ask, and closed when nobody can any more.
    { name: 'recent objects', deadlineMs: 15_000, start: () => recent?.start(), stop: () => recent?.stop() },
    { name: 'Req/Resp', deadlineMs: 2000, start: () => peers.start(), stop: () => peers.stop() },
    // Before anything listens.
    { name: 'congestion control', deadlineMs: 1000, start: () => congestion.start(), stop: () => congestion.stop() },
    { name: 'libp2p', deadlineMs: 15_000, start: () => host.start(), stop: () => host.stop() },
    {
      name: 'room for QUIC',
      deadlineMs: 1000,
      start: () => parts.quicRoom?.start(),
      stop: () => parts.quicRoom?.stop(),
    },
    { name: 'peers', deadlineMs: 3000, stop: () => peers.leave() },
    // Hears of connections after the peer manager, which began with Req/Resp.
    { name: 'peer events', deadlineMs: 1000, start: () => peerEvents.start(), stop: () => peerEvents.stop() },
    { name: 'events', deadlineMs: 1000, stop: () => parts.events.stop() },
    { name: 'block statistics', deadlineMs: 1000, stop: () => blocks.stop() },
    { name: 'mesh log', deadlineMs: 1000, start: () => meshLog.start(), stop: () => meshLog.stop() },
    { name: 'topics', deadlineMs: 2000, start: () => subscriptions.start(), stop: () => subscriptions.stop() },
    {
      name: 'explicit peers',
      deadlineMs: 1000,
      start: () => explicit.start(deps.restored.explicitPeers),
      stop: () => explicit.stop(),
    },
    // Once the record tells our topics; its first start loads a thread.
    { name: 'schedule watch', deadlineMs: 1000, start: () => watch.start(), stop: () => watch.stop() },
    { name: 'discovery', deadlineMs: 25_000, start: () => discovery.start(), stop: () => discovery.stop() },
    { name: 'trusted peers', deadlineMs: 1000, start: () => trusted.start(), stop: () => trusted.stop() },
    { name: 'pulse', deadlineMs: 1000, start: () => pulse.start(), stop: () => pulse.stop() },
    { name: 'heap', deadlineMs: 1000, start: () => heap.start(), stop: () => heap.stop() },
    { name: 'load', deadlineMs: 1000, start: () => load.start(), stop: () => load.stop() },
    { name: 'validation', deadlineMs: 1000, stop: () => void endValidation().catch(() => undefined) },
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

function createPulse({ chain, stats, host, gossip, books, load }: Parts, { clock, emit }: NetworkNodeDeps): Pulse {
  return new Pulse({
    clock,
    slotClock: chain.slotClock,
    stats,
    gauges: () => ({
      peers: books.registry.connectedCount,
      blockMeshPeers: host.services.gossip.meshPeers(blockTopic(chain)).length,
      topics: gossip.directory.size,
    }),
    takeLongestDelayMs: () => load.takeLongestDelayMs(),
    emit: (pulse) => emit('pulse', pulse),
  })
}

function warnOf({ config, log }: NetworkNodeDeps): void {
  const open = Object.entries({ default: config.validation.default, ...config.validation.perTopic })
    .filter(([, policy]) => policy === 'none')
    .map(([name]) => name)
  if (open.length > 0) {
    log.warn({ topics: open }, 'validation is OFF: everything is forwarded, and peers will ban this node for rubbish')
  }
}

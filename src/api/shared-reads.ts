/**
 * Keeps polling off the network thread: each kind of read is made for all who ask at about the same time, and one read
 * at a time. A write's reply parts the reads: one that starts after it gets nothing that was asked for before it, so
 * whoever wrote reads what was written.
 */
import { type Clock, systemClock } from '../shared/clock.ts'
import type { DirectControl, Operator } from './operator.ts'
import { ReadGate } from './read-gate.ts'
import type { ReadMetrics } from './routes/metrics.ts'
import { SharedRead, type SharedReadOptions } from './shared-read.ts'

/** The worker, the operator and the metrics as the routes see them. */
export interface SharedReads {
  readonly control: DirectControl
  readonly operator: Operator
  readonly readMetrics: ReadMetrics | undefined
}

export interface SharedReadsDeps {
  readonly control: DirectControl
  readonly operator: Operator
  readonly readMetrics?: ReadMetrics | undefined
  readonly clock?: Clock
  /** Default one of their own. */
  readonly gate?: SharedReadOptions['gate']
}

/** Passes a write on; when it ends, well or not, the reads are parted. */
type PassWrite = <T>(call: Promise<T>) => Promise<T>

/** The operator's writes. Its lists that are answered at once are no reads to share. */
function passWrites(operator: Operator, write: PassWrite): Omit<Operator, 'listBannedPeers'> {
  return {
    patchConfig: (patch) => write(operator.patchConfig(patch)),
    addExplicitPeer: (peerId, addresses) => write(operator.addExplicitPeer(peerId, addresses)),
    removeExplicitPeer: (peerId) => write(operator.removeExplicitPeer(peerId)),
    banPeer: (peerId) => write(operator.banPeer(peerId)),
    unbanPeer: (peerId) => write(operator.unbanPeer(peerId)),
    trustPeer: (target) => write(operator.trustPeer(target)),
    trustConnectedPeer: (peerId) => write(operator.trustConnectedPeer(peerId)),
    untrustPeer: (peerId) => write(operator.untrustPeer(peerId)),
    listBannedRanges: () => operator.listBannedRanges(),
    banRange: (cidr) => write(operator.banRange(cidr)),
    unbanRange: (cidr) => write(operator.unbanRange(cidr)),
    listBannedAgents: () => operator.listBannedAgents(),
    banAgent: (agent) => write(operator.banAgent(agent)),
    unbanAgent: (agent) => write(operator.unbanAgent(agent)),
    exportAccess: () => operator.exportAccess(),
    importAccess: (document) => write(operator.importAccess(document)),
  }
}

/** The reads of the standard node API, of Lodestar's, of the statistics and of discovery. */
function standardReads(control: DirectControl, options: SharedReadOptions) {
  return {
    nodePeers: new SharedRead(() => control.listNodePeers(), options),
    nodePeer: new SharedRead((peerId) => control.getNodePeer(peerId), options),
    syncing: new SharedRead(() => control.getSyncing(), options),
    peerScores: new SharedRead(() => control.listPeerScoreStats(), options),
    gossipScores: new SharedRead(() => control.listGossipScoreStats(), options),
    firstSenders: new SharedRead(() => control.listFirstBlockSenders(), options),
    arrivals: new SharedRead(() => control.listArrivals(), options),
    discoveryStats: new SharedRead(() => control.getDiscoveryStats(), options),
    discoveredPeers: new SharedRead(() => control.listDiscoveredPeers(), options),
  }
}

/**
 * `control`, `operator` and the metrics with shared reads. Writes pass through; when one ends, well or not, the reads are
 * parted.
 */
export function shareReads({
  control,
  operator,
  readMetrics,
  clock = systemClock,
  gate,
}: SharedReadsDeps): SharedReads {
  const options = { clock, gate: gate ?? new ReadGate(clock) }
  const health = new SharedRead(() => control.getHealth(), options)
  const nodeInfo = new SharedRead(() => control.getNodeInfo(), options)
  const peers = new SharedRead(() => control.listPeers(), options)
  const peer = new SharedRead((peerId) => control.getPeer(peerId), options)
  const mesh = new SharedRead(() => control.listMesh(), options)
  const explicit = new SharedRead(() => control.listExplicitPeers(), options)
  const trusted = new SharedRead(() => control.listTrustedPeers(), options)
  const banned = new SharedRead(() => operator.listBannedPeers(), options)
  const config = new SharedRead(() => control.getConfig(), options)
  const standard = standardReads(control, options)
  // Its one call to the worker is a small part of making the page: nothing is gained by holding the others back for it.
  const metrics = readMetrics && new SharedRead(readMetrics, { clock })
  const own = [health, nodeInfo, peers, peer, mesh, explicit, trusted, banned, config]
  const reads = [...own, ...Object.values(standard), ...(metrics === undefined ? [] : [metrics])]
  const write: PassWrite = (call) =>
    call.finally(() => {
      for (const read of reads) read.part()
    })
  return {
    control: {
      getHealth: () => health.read(),
      getNodeInfo: () => nodeInfo.read(),
      listPeers: () => peers.read(),
      getPeer: (peerId) => peer.read(peerId),
      listMesh: () => mesh.read(),
      listExplicitPeers: () => explicit.read(),
      listTrustedPeers: () => trusted.read(),
      getConfig: () => config.read(),
      listNodePeers: () => standard.nodePeers.read(),
      getNodePeer: (peerId) => standard.nodePeer.read(peerId),
      getSyncing: () => standard.syncing.read(),
      listPeerScoreStats: () => standard.peerScores.read(),
      listGossipScoreStats: () => standard.gossipScores.read(),
      listFirstBlockSenders: () => standard.firstSenders.read(),
      listArrivals: () => standard.arrivals.read(),
      getDiscoveryStats: () => standard.discoveryStats.read(),
      listDiscoveredPeers: () => standard.discoveredPeers.read(),
      resolvePeer: (target) => control.resolvePeer(target),
      connectPeer: (target) => write(control.connectPeer(target)),
      disconnectPeer: (peerId) => write(control.disconnectPeer(peerId)),
      graft: (topic, peerId) => write(control.graft(topic, peerId)),
      prune: (topic, peerId) => write(control.prune(topic, peerId)),
    },
    operator: { listBannedPeers: () => banned.read(), ...passWrites(operator, write) },
    readMetrics: metrics && (() => metrics.read()),
  }
}

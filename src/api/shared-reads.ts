/**
 * Keeps polling off the network thread: reads that are asked for while the same read waits for its answer share it, so
 * that any number of dashboards costs one call at a time. A write's reply parts the reads: one that starts after it
 * never joins a call that was sent before it, so whoever wrote reads what was written.
 */
import type { DirectControl, Operator } from './operator.ts'

/**
 * Calls of one kind that can be shared at once; above it each read is a call of its own. The reads without an argument
 * need one place; this bounds those of single peers, where a dashboard has a handful open.
 */
const MAX_SHARED = 64

class SharedRead<T> {
  readonly #send: (key: string) => Promise<T>
  readonly #inFlight = new Map<string, Promise<T>>()

  constructor(send: (key: string) => Promise<T>) {
    this.#send = send
  }

  read(key = ''): Promise<T> {
    const sent = this.#inFlight.get(key)
    if (sent !== undefined) return sent
    const call = this.#send(key)
    if (this.#inFlight.size >= MAX_SHARED) return call
    this.#inFlight.set(key, call)
    const forget = (): void => {
      if (this.#inFlight.get(key) === call) this.#inFlight.delete(key)
    }
    call.then(forget, forget)
    return call
  }

  /** Later reads do not join what was sent until now. */
  part(): void {
    this.#inFlight.clear()
  }
}

/** The worker and the operator as the routes see them. */
export interface SharedReads {
  readonly control: DirectControl
  readonly operator: Operator
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
function standardReads(control: DirectControl) {
  return {
    nodePeers: new SharedRead(() => control.listNodePeers()),
    nodePeer: new SharedRead((peerId) => control.getNodePeer(peerId)),
    syncing: new SharedRead(() => control.getSyncing()),
    peerScores: new SharedRead(() => control.listPeerScoreStats()),
    gossipScores: new SharedRead(() => control.listGossipScoreStats()),
    firstSenders: new SharedRead(() => control.listFirstBlockSenders()),
    arrivals: new SharedRead(() => control.listArrivals()),
    discoveryStats: new SharedRead(() => control.getDiscoveryStats()),
    discoveredPeers: new SharedRead(() => control.listDiscoveredPeers()),
  }
}

/**
 * `control` and `operator` with shared reads. Writes pass through; when one ends, well or not, the reads are parted.
 */
export function shareReads(control: DirectControl, operator: Operator): SharedReads {
  const health = new SharedRead(() => control.getHealth())
  const nodeInfo = new SharedRead(() => control.getNodeInfo())
  const peers = new SharedRead(() => control.listPeers())
  const peer = new SharedRead((peerId) => control.getPeer(peerId))
  const mesh = new SharedRead(() => control.listMesh())
  const explicit = new SharedRead(() => control.listExplicitPeers())
  const trusted = new SharedRead(() => control.listTrustedPeers())
  const banned = new SharedRead(() => operator.listBannedPeers())
  const config = new SharedRead(() => control.getConfig())
  const standard = standardReads(control)
  const own = [health, nodeInfo, peers, peer, mesh, explicit, trusted, banned, config]
  const reads = [...own, ...Object.values(standard)]
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
  }
}

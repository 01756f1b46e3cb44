import type { AccessDocument } from '../../../src/api/operator.ts'
import { meshParameters } from '../../../src/network-worker/gossip/mesh/network-load.ts'
import type { Control } from '../../../src/rpc/contract.ts'
import type { GraftView, MeshTopicView } from '../../../src/rpc/mesh-views.ts'
import type { HealthView, NodeInfoView } from '../../../src/rpc/node-views.ts'
import type { NodePeerView, PeerView } from '../../../src/rpc/peer-views.ts'
import type { Handlers } from '../../../src/rpc/server.ts'
import type { RuntimeConfigView, RuntimeSettings } from '../../../src/rpc/settings-views.ts'
import { RelayError } from '../../../src/shared/errors.ts'
import { quietMetrics } from '../../support/quiet-metrics.ts'
import { AccessDouble } from './access-double.ts'
import { standardHandlers } from './standard-double.ts'

export const PEER_A = '16Uiu2HAm4MqAN66Ey9CqUbSpSTCsEKHkYJH1h7oYrg8XDGXTMskH'
export const PEER_B = '16Uiu2HAmJB7R91zvvnx5P29vfuqpWUvjnCTKhrV4r8YgCpx1N56S'
export const PEER_C = '16Uiu2HAmRHMNvZRNfErnKhMrvX2gxPjtLfJinkrDmU1sJ2SsqdqF'

export const NODE_INFO: NodeInfoView = {
  peer_id: '16Uiu2HAmTH7nf3R5Ky5keaa9V21JL9jcjskHCXZZpr7VeUsnZk1m',
  enr: 'enr:-of-this-node',
  p2p_addresses: ['/ip4/203.0.113.7/tcp/9000/p2p/16Uiu2HAmTH7nf3R5Ky5keaa9V21JL9jcjskHCXZZpr7VeUsnZk1m'],
  discovery_addresses: [],
  metadata: { seq_number: '1', attnets: '0x0000000000000000', syncnets: '0x00', custody_group_count: '4' },
}

export const TOPIC = '/eth2/a4e6abeb/beacon_block/ssz_snappy'
/** A topic of the relay that no peer has subscribed to. */
export const LONELY_TOPIC = '/eth2/a4e6abeb/beacon_aggregate_and_proof/ssz_snappy'
/** What the double answers when a GRAFT comes too early. */
export const BACKOFF_MS = 41_300

export const MESH: readonly MeshTopicView[] = [
  {
    topic: TOPIC,
    kind: 'BeaconBlock',
    peers: [{ peer_id: PEER_A, client: 'Lighthouse/v6.0.1-6eb558b/x86_64-linux' }],
  },
  { topic: LONELY_TOPIC, kind: 'BeaconAggregateAndProof', peers: [] },
]

export const CONFIG: RuntimeConfigView = {
  target_peers: 80,
  max_latency_ms: 150,
  network_load: 5,
  heartbeat_interval_ms: 700,
  discovery_interval_ms: 2000,
  active_validators: null,
}

/** Bans and trust of a relay that was never told of any, as `GET /access` answers them. */
export const NO_ACCESS: AccessDocument = {
  version: 1,
  banned_peers: [],
  banned_ip_ranges: [],
  banned_agents: [],
  trusted_peers: [],
}

export const SETTINGS: RuntimeSettings = { ...CONFIG, heartbeat_interval_ms: null }

export const HEALTHY: HealthView = { listening: true, blockMeshPeers: 3, syncDistance: 0 }

export function peerView(peerId: string, rttMs = 3.682368): PeerView {
  return {
    peer_id: peerId,
    address: '/ip4/34.140.245.67/tcp/9000',
    direction: 'outbound',
    state: 'connected',
    rtt_ms: rttMs,
    best_rtt_ms: rttMs,
    rtt_verified: true,
    is_trusted: false,
    score: -5.24,
    peer_score: -5,
    gossipsub_score: -200,
    gossipsub_score_weighted: -0.24,
    client: 'Lighthouse/v6.0.1-6eb558b/x86_64-linux',
  }
}

/**
 * What a network worker is to the API: a table of peers that dials fill and disconnects empty, its settings, its explicit
 * peers, bans and trust, and the mesh of {@link MESH}, where every peer takes the block topic. A multiaddr of the form
 * `…/p2p/<id>` is dialled; an ENR is known when it names a peer of `enrs`.
 */
export class RelayDouble {
  readonly peers = new Map<string, PeerView>()
  /** Peers that left, as the standard API shows them. */
  readonly left: NodePeerView[] = []
  readonly enrs = new Map<string, string>()
  readonly explicit = new Map<string, readonly string[]>()
  readonly access = new AccessDouble({
    ownPeerId: NODE_INFO.peer_id,
    peers: this.peers,
    explicit: this.explicit,
    enrs: this.enrs,
    dial: (peerId) => this.#dial(peerId),
  })
  readonly mesh = new Map(MESH.map(({ topic, peers }) => [topic, new Set(peers.map(({ peer_id }) => peer_id))]))
  readonly inBackoff = new Set<string>()
  readonly calls: string[] = []
  /** Above it a GRAFT by hand is warned about. */
  meshHigh = 10
  settings: RuntimeSettings = SETTINGS
  health: HealthView = HEALTHY

  constructor(...peerIds: readonly string[]) {
    for (const peerId of peerIds) this.peers.set(peerId, peerView(peerId))
  }

  /** Everything that requests can change. */
  get state(): object {
    return structuredClone({
      peers: this.peers,
      explicit: this.explicit,
      access: this.access.state,
      mesh: this.mesh,
      settings: this.settings,
    })
  }

  get handlers(): Handlers<Control> {
    const standard = standardHandlers(this.peers, this.left, (call, value) => this.#note(call, value))
    const told = { subscribeEvents: () => undefined, setChainFacts: () => undefined, setValidatorKeys: () => undefined }
    return { ...this.#nodeHandlers(), ...this.#steeringHandlers(), ...this.access.handlers, ...standard, ...told }
  }

  #nodeHandlers() {
    return {
      getHealth: () => this.#note('getHealth', this.health),
      getMetrics: () => this.#note('getMetrics', quietMetrics()),
      getNodeInfo: () => this.#note('getNodeInfo', NODE_INFO),
      listPeers: () => this.#note('listPeers', [...this.peers.values()]),
      getPeer: (peerId) => this.#note('getPeer', this.#known(peerId)),
      connectPeer: (target) => {
        const targets = 'multiaddrs' in target ? target.multiaddrs.map((multiaddr) => ({ multiaddr })) : [target]
        const [peerId = '', ...others] = new Set(targets.map((one) => this.access.resolve(one).peerId))
        if (others.length > 0) throw new RelayError('BAD_REQUEST', 'all multiaddrs must name one peer')
        this.access.refuseBanned(peerId)
        const action = this.peers.has(peerId) ? 'already_connected' : 'connecting'
        this.#dial(peerId)
        return this.#note('connectPeer', { peer_id: peerId, action })
      },
      disconnectPeer: async (peerId) => {
        this.#known(peerId)
        this.peers.delete(peerId)
        this.#note('disconnectPeer', undefined)
      },
    } satisfies Partial<Handlers<Control>>
  }

  #steeringHandlers() {
    return {
      listMesh: () => this.#note('listMesh', MESH),
      getConfig: () => this.#note('getConfig', this.#config()),
      applySettings: (settings) => {
        this.settings = settings
        return this.#note('applySettings', this.#config())
      },
      graft: (topic, peerId) => this.#note('graft', this.#graft(topic, peerId)),
      prune: async (topic, peerId) => {
        const wasThere = this.#meshOf(topic).delete(peerId)
        return this.#note('prune', { action: wasThere ? 'pruned' : 'not_in_mesh' })
      },
      addExplicitPeer: async ({ peerId, addresses }) => {
        this.access.refuseOwn(peerId)
        this.access.refuseBanned(peerId)
        const known = this.peers.has(peerId) ? [`/ip4/34.140.245.67/tcp/9000/p2p/${peerId}`] : addresses
        this.explicit.set(peerId, known)
        return this.#note('addExplicitPeer', { peerId, addresses: known })
      },
      removeExplicitPeer: (peerId) => {
        this.explicit.delete(peerId)
        this.#note('removeExplicitPeer', undefined)
      },
      listExplicitPeers: () =>
        this.#note(
          'listExplicitPeers',
          [...this.explicit.keys()].map((peer_id) => ({ peer_id, is_connected: this.peers.has(peer_id) })),
        ),
    } satisfies Partial<Handlers<Control>>
  }

  #dial(peerId: string): void {
    if (!this.peers.has(peerId)) this.peers.set(peerId, { ...peerView(peerId), state: 'connecting' })
  }

  #config(): RuntimeConfigView {
    const { heartbeat_interval_ms, network_load } = this.settings
    const heartbeatMs = heartbeat_interval_ms ?? meshParameters(network_load).heartbeatMs
    return { ...this.settings, heartbeat_interval_ms: heartbeatMs }
  }

  #graft(topic: string, peerId: string): GraftView {
    const mesh = this.#meshOf(topic)
    if (!this.peers.has(peerId)) throw new RelayError('PEER_NOT_CONNECTED', `no connection to ${peerId}`)
    if (topic === LONELY_TOPIC) throw new RelayError('PEER_NOT_SUBSCRIBED', `${peerId} does not take ${topic}`)
    if (this.explicit.has(peerId)) throw new RelayError('PEER_EXPLICIT', `${peerId} is explicit`)
    if (mesh.has(peerId)) return { action: 'already_in_mesh' }
    if (this.inBackoff.has(peerId)) {
      throw new RelayError('PEER_IN_BACKOFF', 'too early', { retry_after_ms: BACKOFF_MS, peerId })
    }
    mesh.add(peerId)
    return mesh.size > this.meshHigh
      ? { action: 'grafted', warning: 'the mesh is above its upper bound' }
      : { action: 'grafted' }
  }

  #meshOf(topic: string): Set<string> {
    const mesh = this.mesh.get(topic)
    if (mesh === undefined) throw new RelayError('TOPIC_NOT_SUBSCRIBED', `not on ${topic}`)
    return mesh
  }

  #known(peerId: string): PeerView {
    const peer = this.peers.get(peerId)
    if (peer === undefined) throw new RelayError('PEER_NOT_FOUND', `no peer ${peerId}`, { peerId })
    return peer
  }

  #note<T>(call: string, value: T): T {
    this.calls.push(call)
    return value
  }
}

/** Handlers each of which is `handler`. */
export function allHandlers(handler: () => Promise<never>): Handlers<Control> {
  const names = Object.keys(new RelayDouble().handlers)
  return Object.fromEntries(names.map((name) => [name, handler])) as unknown as Handlers<Control>
}

import type {
  Control,
  HealthView,
  MeshTopicView,
  NodeInfoView,
  PeerView,
  RuntimeConfigView,
} from '../../../src/rpc/contract.ts'
import type { Handlers } from '../../../src/rpc/server.ts'
import { RelayError } from '../../../src/shared/errors.ts'

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

export const MESH: readonly MeshTopicView[] = [
  {
    topic: '/eth2/a4e6abeb/beacon_block/ssz_snappy',
    kind: 'BeaconBlock',
    peers: [{ peer_id: PEER_A, client: 'Lighthouse/v6.0.1-6eb558b/x86_64-linux' }],
  },
  { topic: '/eth2/a4e6abeb/beacon_aggregate_and_proof/ssz_snappy', kind: 'BeaconAggregateAndProof', peers: [] },
]

export const CONFIG: RuntimeConfigView = {
  target_peers: 80,
  max_latency_ms: 150,
  network_load: 5,
  heartbeat_interval_ms: 700,
  discovery_interval_ms: 2000,
}

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
 * What a network worker is to the API: a table of peers that dials fill and disconnects empty. A multiaddr of the form
 * `…/p2p/<id>` is dialled; an ENR is known when it names a peer of `enrs`.
 */
export class RelayDouble {
  readonly peers = new Map<string, PeerView>()
  readonly enrs = new Map<string, string>()
  readonly calls: string[] = []
  health: HealthView = HEALTHY

  constructor(...peerIds: readonly string[]) {
    for (const peerId of peerIds) this.peers.set(peerId, peerView(peerId))
  }

  get handlers(): Handlers<Control> {
    return {
      getHealth: () => this.#note('getHealth', this.health),
      getNodeInfo: () => this.#note('getNodeInfo', NODE_INFO),
      listPeers: () => this.#note('listPeers', [...this.peers.values()]),
      getPeer: (peerId) => this.#note('getPeer', this.#known(peerId)),
      connectPeer: (target) => {
        const peerId = 'enr' in target ? this.enrs.get(target.enr) : /\/p2p\/(\w+)$/.exec(target.multiaddr)?.[1]
        if (peerId === undefined) {
          throw 'enr' in target
            ? new RelayError('BAD_ENR', 'invalid ENR: signature does not verify')
            : new RelayError('BAD_MULTIADDR', 'invalid multiaddr: no peer id')
        }
        const action = this.peers.has(peerId) ? 'already_connected' : 'connecting'
        if (action === 'connecting') this.peers.set(peerId, { ...peerView(peerId), state: 'connecting' })
        return this.#note('connectPeer', { peer_id: peerId, action })
      },
      disconnectPeer: async (peerId) => {
        this.#known(peerId)
        this.peers.delete(peerId)
        this.#note('disconnectPeer', undefined)
      },
      listMesh: () => this.#note('listMesh', MESH),
      getConfig: () => this.#note('getConfig', CONFIG),
    }
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

import type { HealthView, NodeInfoView } from '../../../src/rpc/node-views.ts'
import type { PulseEvent } from '../../../src/rpc/pulse-event.ts'
import type { RestoredState } from '../../../src/rpc/settings-views.ts'

export const INFO: NodeInfoView = {
  peer_id: '16Uiu2HAmSample',
  enr: 'enr:-sample',
  p2p_addresses: ['/ip4/127.0.0.1/tcp/9000/p2p/16Uiu2HAmSample'],
  discovery_addresses: [],
  metadata: { seq_number: '1', attnets: '0x0000000000000000', syncnets: '0x00', custody_group_count: '4' },
}

export const HEALTH: HealthView = { listening: true, blockMeshPeers: 0, syncDistance: 0 }

export const RESTORED: RestoredState = {
  settings: {
    target_peers: 80,
    max_latency_ms: 150,
    network_load: 5,
    heartbeat_interval_ms: null,
    discovery_interval_ms: 2000,
    active_validators: null,
  },
  explicitPeers: [],
  access: { bannedPeers: [], bannedRanges: [], bannedAgents: [], trustedPeers: [] },
  scoreBans: [],
  firstBlockSenders: [],
  discovery: { records: [], discoveredPeers: [] },
}

export function pulse(slot: number, receivedMessages = 0): PulseEvent {
  return {
    slot,
    atMs: slot * 12_000,
    peers: 3,
    blockMeshPeers: 2,
    topics: 7,
    counters: {
      receivedMessages,
      receivedBytes: 0,
      duplicateMessages: 0,
      forwardedMessages: 0,
      forwardedBytes: 0,
      acceptedMessages: 0,
      ignoredMessages: 0,
      rejectedMessages: 0,
      droppedMessages: 0,
      acceptedBlocks: 0,
    },
    forwardP50Ms: 0.25,
    forwardP99Ms: 1.005,
    loopDelayMaxMs: 4,
  }
}

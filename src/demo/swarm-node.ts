/** The libp2p node of one peer of the swarm: TCP, noise, yamux, identify, gossipsub. */
import { type GossipSub, type GossipSubComponents, gossipsub, StrictNoSign } from '@chainsafe/libp2p-gossipsub'
import { noise } from '@chainsafe/libp2p-noise'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { SLOTS_PER_EPOCH } from '@lodestar/params'
import { createLibp2p } from 'libp2p'
import { messageId } from '../consensus/message-id.ts'
import { compressBlock, decompressBlock } from '../consensus/snappy/snappy-block.ts'
import { toHex } from '../shared/hex.ts'
import { DEMO_FORK, SLOT_DURATION_MS } from './demo-network.ts'

export type SwarmNode = Libp2p<{ identify: unknown; gossip: GossipSub }>

/** MAX_PAYLOAD_SIZE (specs/phase0/p2p-interface.md#configuration). */
const MAX_PAYLOAD_BYTES = 10 * 1024 * 1024
/** seen_ttl: two epochs (specs/phase0/p2p-interface.md#gossipsub-parameters). */
const SEEN_TTL_MS = 2 * SLOTS_PER_EPOCH * SLOT_DURATION_MS

function decompress(data: Uint8Array): Uint8Array {
  const result = decompressBlock(data, 0, MAX_PAYLOAD_BYTES)
  if (!result.ok) throw new Error(result.reason)
  return result.bytes
}

function router(): (components: GossipSubComponents) => GossipSub {
  return gossipsub({
    globalSignaturePolicy: StrictNoSign,
    fallbackToFloodsub: false,
    floodPublish: false,
    tagMeshPeers: false,
    emitSelf: false,
    allowPublishToZeroTopicPeers: true,
    ignoreDuplicatePublishError: true,
    heartbeatInterval: 700,
    seenTTL: SEEN_TTL_MS,
    // Payloads are handed over and out as SSZ; on the wire they are one snappy block.
    dataTransform: {
      inboundTransform: (_topic, data) => decompress(data),
      outboundTransform: (_topic, data) => compressBlock(data),
    },
    msgIdFn: (message) => messageId(message.topic, message.data, message.data, DEMO_FORK),
    msgIdToStrFn: toHex,
    maxInboundDataLength: 2 * MAX_PAYLOAD_BYTES,
  })
}

/** Builds a node with a key of its own, not started. It listens on a free port of loopback and takes no connections. */
export async function createSwarmNode(agentVersion: string): Promise<SwarmNode> {
  return createLibp2p({
    start: false,
    privateKey: await generateKeyPair('secp256k1'),
    nodeInfo: { userAgent: agentVersion },
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false },
    connectionManager: { reconnectRetries: 0 },
    connectionGater: { denyDialMultiaddr: () => false },
    services: { identify: identify(), gossip: router() },
  })
}

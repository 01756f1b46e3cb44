/** A relay with the policies that it has by itself, and peers of its mesh that it can tell apart. */
import assert from 'node:assert/strict'
import type { RelayConfig } from '../../../src/config/schema.ts'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import { formatTopic } from '../../../src/consensus/topic.ts'
import { freshStatus, GossipPeer } from '../../support/gossip-peer.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import type { RunningRelay } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'

export const NETWORK = relayNetwork({ slotDurationMs: 12_000 })
export const { digestHex } = createForkSchedule(NETWORK).at(0)
export const TOPIC = formatTopic(digestHex, 'beacon_block')
export const DEFAULTS: Partial<RelayConfig> = {
  network: NETWORK,
  validation: { default: 'default', perTopic: {} },
  corroborationTimeMs: 10_000,
}

/** A peer that takes blocks and is not connected yet. */
export async function freshPeer(userAgent: string): Promise<GossipPeer> {
  const peer = await GossipPeer.start({ status: () => freshStatus(digestHex), userAgent })
  peer.subscribe(TOPIC)
  return peer
}

/** Has it dial the relay, and waits until it is in the mesh and the relay knows what it runs. */
export async function meshWith(relay: RunningRelay, peer: GossipPeer, userAgent: string): Promise<void> {
  await peer.dial(relay.addresses[0] ?? '')
  await peer.meshedWith(relay.peerId, TOPIC)
  await until('what it runs', async () =>
    (await relay.control.listPeers()).some(({ peer_id, client }) => peer_id === peer.peerId && client === userAgent),
  )
}

/** A peer in the relay's mesh, of which the relay knows what it runs. */
export async function meshedPeer(relay: RunningRelay, userAgent: string): Promise<GossipPeer> {
  const peer = await freshPeer(userAgent)
  await meshWith(relay, peer, userAgent)
  return peer
}

/** What the relay has of a peer that is connected. */
export async function scoreOf(relay: RunningRelay, { peerId }: GossipPeer): Promise<number> {
  const view = (await relay.control.listPeers()).find(({ peer_id }) => peer_id === peerId)
  assert.ok(view !== undefined)
  return view.score
}

/** True once a peer was sent those bytes. */
export function hasBlock(peer: GossipPeer, block: Uint8Array): boolean {
  return peer.received.some(({ data }) => Buffer.from(data).equals(block))
}

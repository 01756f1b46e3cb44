/** What the interop tests share: Go peers that fit a running relay, and its mesh as the API shows it. */
import { setTimeout as delay } from 'node:timers/promises'
import type { MeshTopicView } from '../../src/rpc/mesh-views.ts'
import { goSkipReason } from '../support/go-build.ts'
import { type GoMetadata, GoPeer, type GoPeerOptions } from '../support/go-peer.ts'
import { GoWirePeer, type WirePeerOptions } from '../support/go-wire-peer.ts'
import type { StarlingProcess } from '../support/starling-process.ts'

/** For node:test: false, or why there is no Go peer on this machine. */
export const skip = goSkipReason()

export const TRANSPORTS = ['tcp', 'quic'] as const

/** What Go peers say about themselves: sizes and values a real client could have. */
export const GO_METADATA: GoMetadata = {
  seqNumber: 7,
  attnets: '03'.padEnd(16, '0'),
  syncnets: '01',
  custodyGroupCount: 8,
}

const WAIT_MS = 30_000
const POLL_MS = 50

/** A peer that speaks gossipsub by hand, connected to the relay with its gossip stream open. */
export async function startWirePeer(relay: StarlingProcess, options: WirePeerOptions = {}): Promise<GoWirePeer> {
  const forkDigest = (await topicOf(relay)).split('/')[2] ?? ''
  const peer = await GoWirePeer.start({ view: { status: { forkDigest }, metadata: GO_METADATA }, ...options })
  await peer.dial(relay.address(options.transport ?? 'tcp'))
  // Answers go over the relay's own stream, which it opens after ours: its hello is the first thing on it.
  await peer.waitForRpc("the relay's hello", ({ subscribe }) => subscribe !== undefined && subscribe.length > 0)
  return peer
}

/** The digest of the relay's network in the words of the Go peer, which computes it by itself. */
export function forkDigestOf(peer: GoPeer, { network }: StarlingProcess): Promise<string> {
  const { blobEpoch, maxBlobs } = network
  const input = { forkVersion: network.fuluVersionHex, genesisValidatorsRoot: network.genesisValidatorsRootHex }
  return peer.forkDigest({ ...input, blobEpoch, maxBlobs })
}

/** A Go peer of the relay's network, not yet connected. */
export async function startGoPeer(relay: StarlingProcess, options: GoPeerOptions = {}): Promise<GoPeer> {
  const peer = await GoPeer.start(options)
  await peer.setView({ status: { forkDigest: await forkDigestOf(peer, relay) }, metadata: GO_METADATA })
  return peer
}

/** The relay's full topic of a gossip name, or any without one. @throws Error when it has none */
export async function topicOf(relay: StarlingProcess, name?: string): Promise<string> {
  const mesh = await relay.fetchJson<readonly MeshTopicView[]>('/mesh')
  const found = mesh.find(({ topic }) => name === undefined || topic.split('/')[3] === name)
  if (found === undefined) throw new Error(`the relay has no topic ${name ?? 'at all'}`)
  return found.topic
}

/** Ids of the relay's mesh peers of a topic, sorted. */
export async function relayMesh(relay: StarlingProcess, topic: string): Promise<readonly string[]> {
  const mesh = await relay.fetchJson<readonly MeshTopicView[]>('/mesh')
  const found = mesh.find((view) => view.topic === topic)
  return (found?.peers ?? []).map(({ peer_id }) => peer_id).sort()
}

/** Connects Go peers to the relay and waits until each is in the mesh of each topic on both sides. */
export async function joinMesh(
  relay: StarlingProcess,
  transport: 'tcp' | 'quic',
  topics: readonly string[],
  peers: readonly GoPeer[],
): Promise<void> {
  for (const peer of peers) {
    await peer.subscribe(...topics)
    await peer.dial(relay.address(transport))
  }
  for (const topic of topics) await meshed(relay, topic, peers)
}

/**
 * Waits until connected peers are in the mesh of a topic on both sides: what is sent before the GRAFT of a far one has come
 * goes past it.
 */
async function meshed(relay: StarlingProcess, topic: string, peers: readonly GoPeer[]): Promise<void> {
  for (const peer of peers) await peer.waitForMesh('graft', topic, relay.peerId)
  await eventually(`all peers in the mesh of ${topic}`, async () => {
    const members = await relayMesh(relay, topic)
    return peers.every(({ peerId }) => members.includes(peerId))
  })
}

/** Has a peer dial an address of its own choice, and waits until it is in the mesh of a topic on both sides. */
export async function joinFrom(relay: StarlingProcess, topic: string, peer: GoPeer, address: string): Promise<void> {
  await peer.subscribe(topic)
  await peer.dial(address)
  await meshed(relay, topic, [peer])
}

/** A wire peer in the relay's mesh of a topic. */
export async function joinByHand(
  relay: StarlingProcess,
  topic: string,
  options: WirePeerOptions = {},
): Promise<GoWirePeer> {
  const peer = await startWirePeer(relay, options)
  await peer.send(relay.peerId, { subscribe: [topic], graft: [topic] })
  await eventually('the wire peer in the mesh', async () => (await relayMesh(relay, topic)).includes(peer.peerId))
  return peer
}

/** Waits until `check` holds, asking again and again: for what only polling shows. @throws Error naming `what` */
export async function eventually(what: string, check: () => Promise<boolean>, timeoutMs = WAIT_MS): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs
  while (!(await check())) {
    if (performance.now() > deadlineMs) throw new Error(`not in ${timeoutMs} ms: ${what}`)
    await delay(POLL_MS)
  }
}

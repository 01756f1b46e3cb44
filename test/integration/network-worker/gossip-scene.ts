import { randomBytes } from 'node:crypto'
import type { RelayConfig } from '../../../src/config/schema.ts'
import { createForkSchedule, type ForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import type { NetworkConfig } from '../../../src/consensus/network-config.ts'
import { formatTopic } from '../../../src/consensus/topic.ts'
import { type Clock, systemClock } from '../../../src/shared/clock.ts'
import { freshStatus, GossipPeer } from '../../support/gossip-peer.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import { type RunningRelay, startRelay } from '../../support/two-nodes.ts'
import { compressed, slotNow, unsignedBlock } from '../../support/unsigned-block.ts'

const HEAVY_BYTES = 1_000_000

/** Compressed SignedBeaconBlock of a slot, unsigned; `seed` makes blocks of one slot differ. */
export function blockOf(network: NetworkConfig, slot: number, seed = 0, extraBytes = 0): Uint8Array {
  const block = unsignedBlock(network, slot, seed)
  if (extraBytes > 0) block.message.body.executionPayload.transactions = [new Uint8Array(extraBytes).fill(seed)]
  return compressed(block)
}

/** Compressed SignedBeaconBlock, of a megabyte unless said, that does not compress, so that it fills buffers. */
export function heavyBlockOf(network: NetworkConfig, slot: number, seed: number, bytes = HEAVY_BYTES): Uint8Array {
  const block = unsignedBlock(network, slot, seed)
  block.message.body.executionPayload.transactions = [randomBytes(bytes)]
  return compressed(block)
}

/** More blocks come in a slot than pass unverified. */
export const UNCAPPED = { default: 'none', perTopic: {} } as const

export function currentSlot(network: NetworkConfig): number {
  return slotNow(network)
}

export interface GossipScene extends AsyncDisposable {
  readonly network: NetworkConfig
  readonly schedule: ForkSchedule
  readonly blockTopic: string
  readonly relay: RunningRelay
  readonly peers: readonly GossipPeer[]
}

/** A relay for blocks with `count` peers that dialled it, each in the mesh of the block topic with it. */
export async function gossipScene(
  count: number,
  network = relayNetwork({ slotDurationMs: 1000 }),
  config: Partial<RelayConfig> = {},
  clock: Clock = systemClock,
): Promise<GossipScene> {
  const schedule = createForkSchedule(network)
  const { digestHex } = schedule.at(0)
  const blockTopic = formatTopic(digestHex, 'beacon_block')
  await using started = new AsyncDisposableStack()
  const relay = started.use(await startRelay({ config: { ...config, network }, clock }))
  const peers: GossipPeer[] = []
  for (let index = 0; index < count; index++) {
    const peer = started.use(await GossipPeer.start({ status: () => freshStatus(digestHex) }))
    peer.subscribe(blockTopic)
    await peer.dial(relay.addresses[0] ?? '')
    await peer.meshedWith(relay.peerId, blockTopic)
    peers.push(peer)
  }
  const owned = started.move()
  return { network, schedule, blockTopic, relay, peers, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

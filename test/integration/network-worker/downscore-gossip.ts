/** What peers do wrong in gossip: messages that do not decode, bytes that are no RPC, and taking nothing. */
import assert from 'node:assert/strict'
import type { Stream } from '@libp2p/interface'
import type { RelayConfig } from '../../../src/config/schema.ts'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import type { NetworkConfig } from '../../../src/consensus/network-config.ts'
import { formatTopic } from '../../../src/consensus/topic.ts'
import type { GossipName } from '../../../src/consensus/topic-table.ts'
import { prefixWithLength } from '../../../src/network-worker/gossip/wire/length-prefix.ts'
import type { ReportReason } from '../../../src/network-worker/peers/score/report-sites.ts'
import type { DownscoreReason } from '../../../src/rpc/peer-views.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { freshStatus } from '../../support/gossip-peer.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import { until } from '../../support/until.ts'
import { blockOf, currentSlot, gossipScene, heavyBlockOf, UNCAPPED } from './gossip-scene.ts'
import { comes, DIGEST, NETWORK, type Row, type Scenario, scene, visitor } from './reported-peer.ts'

const GARBAGE = new Uint8Array(400).fill(0xff)

/** The row of a topic's messages. */
function undecodable(name: GossipName, word: DownscoreReason, delta: number): Row {
  const publish = visitor(`a message of ${name} that does not decode`, delta, ({ peer }) =>
    peer.publish(formatTopic(DIGEST, name), GARBAGE),
  )
  return { word, by: [publish] }
}

/** Columns took the place of blobs in fulu. */
const BEFORE_FULU: NetworkConfig = { ...NETWORK, forks: NETWORK.forks.filter(({ name }) => name !== 'fulu') }

const BAD_BLOB: Scenario = {
  what: 'a message of blob_sidecar_0 that does not decode, on a network before fulu',
  delta: -10,
  async play(stack) {
    const { digestHex } = createForkSchedule(BEFORE_FULU).at(0)
    const config: Partial<RelayConfig> = { network: BEFORE_FULU, topics: ['beacon_block', 'blob_sidecar'] }
    const all = stack.use(await scene({ status: () => freshStatus(digestHex) }, undefined, config))
    await comes(all)
    await all.peer.publish(formatTopic(digestHex, 'blob_sidecar_0'), GARBAGE)
    return { relay: all.relay, peerId: all.peer.peerId }
  },
}

const NO_RPC = visitor('bytes on the gossip stream that are no RPC', -100, async ({ relay, peer }) => {
  await until('the gossip stream', () => peer.router.streamsOutbound.has(relay.peerId))
  const stream = peer.router.streamsOutbound.get(relay.peerId)?.rawStream as Stream
  stream.send(prefixWithLength(GARBAGE))
})

/** Two slots ahead is one more than clocks may differ by; one more still, since a slot may end meanwhile. */
const FAR_AHEAD = visitor('a block of a slot after the next one', -1, ({ peer }) =>
  peer.publish(formatTopic(DIGEST, 'beacon_block'), blockOf(NETWORK, currentSlot(NETWORK) + 3)),
)

const SLOT_MS = 2000
/** More than the stream's window, the socket's buffers, and what the relay hands to a stream. */
const HEAVY_BLOCKS = 10
/** One more than may fail to reach a peer within a second, and one that may have been under way. */
const SMALL_BLOCKS = 12

const SLOW: Scenario = {
  what: 'a peer that stops reading, while more blocks than are tolerated wait for it until they are stale',
  delta: -1,
  async play(stack) {
    const clock = new FakeClock(Date.now())
    const network = relayNetwork({ slotDurationMs: SLOT_MS })
    const { relay, peers, blockTopic } = stack.use(await gossipScene(3, network, { validation: UNCAPPED }, clock))
    const [sender, slow, fast] = peers
    assert.ok(sender !== undefined && slow !== undefined && fast !== undefined)
    slow.setReading(relay.peerId, false)
    const slot = Math.floor((clock.nowMs() - network.genesisTimeSeconds * 1000) / SLOT_MS)
    for (let sent = 0; sent < HEAVY_BLOCKS + SMALL_BLOCKS; sent++) {
      await sender.publish(
        blockTopic,
        sent < HEAVY_BLOCKS ? heavyBlockOf(network, slot, sent) : blockOf(network, slot, sent),
      )
      await until('the fast one to have it', () => fast.received.length === sent + 1)
    }
    assert.ok(slow.received.length === 0)
    clock.advance(SLOT_MS + 1)
    slow.setReading(relay.peerId, true)
    return { relay, peerId: slow.peerId, clock }
  },
}

export const GOSSIP_ROWS: Readonly<Record<Extract<ReportReason, `gossip_${string}` | 'slow_peer'>, Row>> = {
  gossip_invalid_block: undecodable('beacon_block', 'gossip_invalid_block', -5),
  gossip_invalid_attestation: undecodable('beacon_attestation_0', 'gossip_invalid_attestation', -5),
  gossip_invalid_aggregate: undecodable('beacon_aggregate_and_proof', 'gossip_invalid_attestation', -5),
  gossip_invalid_blob_sidecar: { word: 'gossip_invalid_blob_sidecar', by: [BAD_BLOB] },
  gossip_invalid_data_column_sidecar: undecodable('data_column_sidecar_0', 'gossip_invalid_data_column_sidecar', -10),
  gossip_invalid_other: undecodable('voluntary_exit', 'behaviour_penalty', -10),
  gossip_far_ahead: { word: 'behaviour_penalty', by: [FAR_AHEAD] },
  gossip_bad_rpc: { word: 'behaviour_penalty', by: [NO_RPC] },
  slow_peer: { word: 'behaviour_penalty', by: [SLOW] },
}

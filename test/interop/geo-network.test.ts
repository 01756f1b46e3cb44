/** Whether the network of the geography bench is as far apart as it is to be, and tells true times. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blockShape } from '../../bench/payloads/proposals.ts'
import type { PeerView } from '../../src/rpc/peer-views.ts'
import { BlockArrivals } from '../clients/block-arrivals.ts'
import { GoGeo } from '../support/go-geo.ts'
import { testNetwork } from '../support/network-directory.ts'
import { StarlingProcess } from '../support/starling-process.ts'
import { eventually, GO_METADATA, skip, topicOf } from './setup.ts'

/** Home, a region that the limit lets stay, one that it does not. */
const ROUND_TRIP_MS = [
  [4, 60, 300],
  [60, 4, 300],
  [300, 300, 4],
]
/** Twenty in each region, of whom some are peers of the relay and as many of the default node. */
const WORLD = Array.from({ length: 60 }, (_, index) => index % 3)
const PEERS = 9
const HANDLING_MS = 3
const LIMIT_MS = 100
/** What a busy machine may add to the best of a few round trips: less than what lies between two regions. */
const LATE_MS = 40
/** Two pings, and the manager's next look. */
const SETTLE_MS = 30_000
const BLOCKS = 6

test('a relay sees true round trips, and blocks take their way', { skip }, async () => {
  await using relay = await StarlingProcess.start({
    network: testNetwork({ slotSeconds: 1 }),
    flags: [
      ...['--validation', 'none', '--topics', 'beacon_block', '--attestation-subnets', 'none', '--no-quic'],
      ...['--max-latency-ms', String(LIMIT_MS)],
    ],
  })
  const topic = await topicOf(relay, 'beacon_block')
  await using geo = await GoGeo.start({
    ...{ relay: relay.address('tcp'), topic, roundTripMs: ROUND_TRIP_MS, jitterMs: 0, world: WORLD },
    view: { status: { forkDigest: topic.split('/')[2] ?? '' }, metadata: GO_METADATA },
    ...{ peers: PEERS, defaults: 3, defaultPeers: 8, publishers: [0, 1], handlingMs: HANDLING_MS, home: 0, seed: 1 },
  })
  assert.equal(geo.nodes.length, PEERS)
  const near = geo.nodes.filter(({ region }) => region !== 2)
  assert.ok(near.length > 0 && near.length < PEERS)
  const explicit = await relay.request('POST', `/mesh/explicit/${geo.tapId}`)
  assert.equal(explicit.status, 200)
  for (const { address } of geo.nodes) {
    const { status } = await relay.request('POST', '/peers', { multiaddr: address })
    assert.equal(status, 200)
  }

  const regions = new Map(geo.nodes.map(({ peerId, region }) => [peerId, region]))
  const connected = async (): Promise<readonly PeerView[]> =>
    (await relay.fetchJson<readonly PeerView[]>('/peers')).filter(
      ({ peer_id, state }) => state === 'connected' && regions.has(peer_id),
    )
  await eventually('all nodes', async () => (await connected()).length === PEERS)
  const isNear = ({ peer_id, rtt_verified }: PeerView): boolean => rtt_verified && regions.get(peer_id) !== 2
  await eventually(
    'the far ones gone',
    async () => {
      const peers = await connected()
      return peers.length === near.length && peers.every(isNear)
    },
    SETTLE_MS,
  )
  for (const { peer_id, best_rtt_ms } of await connected()) {
    const roundTripMs = ROUND_TRIP_MS[0]?.[regions.get(peer_id) ?? 0] ?? 0
    assert.ok(best_rtt_ms >= roundTripMs - 1, `${best_rtt_ms} ms of ${roundTripMs}`)
    assert.ok(best_rtt_ms <= roundTripMs + LATE_MS, `${best_rtt_ms} ms of ${roundTripMs}`)
  }

  await using arrivals = await BlockArrivals.open(relay.api)
  const { blocks, wireBytes } = await geo.run({ blocks: BLOCKS, shape: blockShape(120_000, 1), network: relay.network })
  assert.equal(blocks.length, BLOCKS)
  assert.ok(wireBytes > 50_000, `${wireBytes} bytes`)
  for (const [index, { publisher, defaultMs, tapMs, served }] of blocks.entries()) {
    assert.equal(publisher, index % 2)
    assert.ok(served <= near.length)
    // The publisher is nobody's peer: two links, and a node that passes it on.
    const leastMs = (publisher === 0 ? 4 : 32) + HANDLING_MS
    for (const ms of [defaultMs, tapMs]) assert.ok((ms ?? 0) >= leastMs - 1, `${ms} ms from region ${publisher}`)
  }
  await eventually("the relay's own word", async () => arrivals.seen.length >= BLOCKS)
  for (const { slot, firstPeerId, atMs } of arrivals.seen) {
    assert.ok(regions.has(firstPeerId), 'publishers are no peers of the relay')
    const block = blocks.find((one) => one.slot === slot)
    assert.ok(block, `slot ${slot}`)
    // First bytes are there before a node behind the relay has all of them; wall clocks are told in whole ms.
    assert.ok(atMs - block.publishedUnixMs <= (block.tapMs ?? 0) + 2)
  }
})

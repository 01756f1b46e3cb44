import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import type { Status } from '../../../src/network-worker/reqresp/types.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { freshStatus, GossipPeer, type GossipPeerOptions } from '../../support/gossip-peer.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import { type RunningRelay, startRelay, stateOf } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'

const GENESIS_SECONDS = 1_700_000_000
const NETWORK = relayNetwork({ genesisTimeSeconds: GENESIS_SECONDS, slotDurationMs: 12_000 })
const DIGEST = createForkSchedule(NETWORK).at(0).digestHex
const CURRENT_SLOT = 1000

interface Scene extends AsyncDisposable {
  readonly clock: FakeClock
  readonly relay: RunningRelay
  readonly peer: GossipPeer
}

/** A relay at slot 1000 and a peer that are not connected yet. */
async function scene(options: Partial<GossipPeerOptions> = {}): Promise<Scene> {
  const clock = new FakeClock((GENESIS_SECONDS + CURRENT_SLOT * 12) * 1000)
  await using started = new AsyncDisposableStack()
  const relay = started.use(await startRelay({ config: { network: NETWORK }, clock }))
  const peer = started.use(await GossipPeer.start({ status: () => freshStatus(DIGEST), ...options }))
  const owned = started.move()
  return { clock, relay, peer, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

function connected(relay: RunningRelay, peer: GossipPeer): Promise<void> {
  return until('the connection', async () => (await stateOf(relay, peer.peerId)) === 'connected')
}

test('a peer that we dial is greeted at once: status, ping, metadata', async () => {
  await using all = await scene({ userAgent: 'Lighthouse/v8\u0007 \u{1f980}' })
  const { relay, peer } = all
  await relay.control.connectPeer({ multiaddr: peer.address })
  await until('status and ping', () => peer.statuses.length > 0 && peer.pings > 0)
  assert.equal(peer.statuses[0]?.forkDigestHex, DIGEST)
  await until('pong and identify', async () => {
    const { rtt_verified, client } = await relay.control.getPeer(peer.peerId)
    return rtt_verified && client !== 'unknown'
  })
  assert.match((await relay.control.getPeer(peer.peerId)).client, /^Lighthouse\/v8\? \?+$/, 'printable ASCII only')
})

test('a peer that dials us and stays silent is greeted after two seconds', async () => {
  await using all = await scene()
  const { relay, peer, clock } = all
  await peer.dial(relay.addresses[0] ?? '')
  await connected(relay, peer)
  const { rtt_ms, best_rtt_ms, rtt_verified } = await relay.control.getPeer(peer.peerId)
  assert.equal(rtt_verified, false)
  assert.ok(rtt_ms >= 1 && rtt_ms < 5000 && best_rtt_ms === rtt_ms, `handshake time ${rtt_ms}`)
  clock.advance(1999)
  assert.deepEqual(peer.statuses, [])
  clock.advance(1)
  await until('status and ping', () => peer.statuses.length > 0 && peer.pings > 0)
})

test('what a peer says of another network, or of the future, ends in goodbye 2', async () => {
  const wrong: readonly Status[] = [
    freshStatus('deadbeef'),
    { ...freshStatus(DIGEST), headSlot: CURRENT_SLOT + 2, headRootHex: '11'.repeat(32) },
  ]
  for (const status of wrong) {
    await using all = await scene({ status: () => status })
    const { relay, peer } = all
    await peer.dial(relay.addresses[0] ?? '')
    await peer.reqResp.status(relay.peerId)
    await until('the goodbye', () => peer.goodbyes.length > 0)
    assert.deepEqual(peer.goodbyes, [2])
    await until('the end', () => !peer.isConnectedTo(relay.peerId))
  }
})

test("a peer's goodbye ends the connection, and the peer is remembered", async () => {
  await using all = await scene()
  const { relay, peer } = all
  await peer.dial(relay.addresses[0] ?? '')
  await connected(relay, peer)
  await peer.reqResp.goodbye(relay.peerId, 129)
  await until('the end', () => !peer.isConnectedTo(relay.peerId))
  await until('the record', async () => (await relay.control.getPeer(peer.peerId)).state === 'disconnected')
  assert.deepEqual(peer.goodbyes, [], 'a goodbye is not answered with one')
  const line = relay.log.find(({ msg }) => msg === 'peer says goodbye')
  assert.deepEqual([line?.['peer'], line?.['reason']], [peer.peerId, 129])
})

test('a peer that we dialled is pinged again after 5 s', async () => {
  await using all = await scene()
  const { relay, peer, clock } = all
  await relay.control.connectPeer({ multiaddr: peer.address })
  await until('the first ping', async () => (await relay.control.getPeer(peer.peerId)).rtt_verified)
  clock.advance(4000)
  assert.equal(peer.pings, 1)
  clock.advance(1000)
  await until('the second ping', () => peer.pings === 2)
})

test('a peer that answers no ping three times in a row is left', async () => {
  await using all = await scene({ reqResp: false })
  const { relay, peer, clock } = all
  await relay.control.connectPeer({ multiaddr: peer.address })
  await connected(relay, peer)
  await until('three missed pings', async () => {
    clock.advance(1000)
    return (await stateOf(relay, peer.peerId)) === undefined
  })
  await until('the end', () => !peer.isConnectedTo(relay.peerId))
  assert.equal((await relay.control.getPeer(peer.peerId)).rtt_verified, false)
})

/** Why sessions ended, as the standard's view of a peer shows it, over real connections. */
import assert from 'node:assert/strict'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import type { NodePeerView } from '../../../src/rpc/contract.ts'
import { freshStatus, GossipPeer, type GossipPeerOptions } from '../../support/gossip-peer.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import { connectRelays, type RunningRelay, startRelay } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'

const NETWORK = relayNetwork()
const DIGEST = createForkSchedule(NETWORK).at(0).digestHex

interface Scene extends AsyncDisposable {
  readonly relay: RunningRelay
  readonly peer: GossipPeer
}

/** A relay, and a peer that has not dialled it yet. */
async function scene(options: Partial<GossipPeerOptions> = {}): Promise<Scene> {
  await using started = new AsyncDisposableStack()
  const relay = started.use(await startRelay({ config: { network: NETWORK } }))
  const peer = started.use(await GossipPeer.start({ status: () => freshStatus(DIGEST), ...options }))
  const owned = started.move()
  return { relay, peer, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function viewOf({ control }: RunningRelay, peerId: string): Promise<NodePeerView> {
  return await control.getNodePeer(peerId)
}

async function comes({ relay, peer }: Scene): Promise<void> {
  await until('the end of the last connection', () => !peer.isConnectedTo(relay.peerId))
  await peer.dial(relay.addresses[0] ?? '')
  await until('the peer connected', async () => {
    const peers = await relay.control.listNodePeers()
    return peers.some(({ peer_id, state }) => peer_id === peer.peerId && state === 'connected')
  })
}

/** Waits until the peer is gone, and answers why. */
async function gone(relay: RunningRelay, peerId: string): Promise<NodePeerView['disconnect_reason']> {
  await until('the peer gone', async () => (await viewOf(relay, peerId)).state === 'disconnected')
  return (await viewOf(relay, peerId)).disconnect_reason
}

test('goodbyes of a peer, code by code; with each return the reason is gone', async () => {
  await using all = await scene()
  const { relay, peer } = all
  const codes = [
    [0, 'unknown'],
    [1, 'client_shutdown'],
    [2, 'irrelevant_network'],
    [3, 'io_error'],
    [128, 'unviable_fork'],
    [129, 'too_many_peers'],
    [130, 'rate_limited'],
    [237, 'bad_score'],
    [250, 'bad_score'],
    [251, 'bad_score'],
    [252, 'bad_score'],
    [999_999, 'unknown'],
  ] as const
  for (const [code, reason] of codes) {
    await comes(all)
    assert.equal('disconnect_reason' in (await viewOf(relay, peer.peerId)), false, `after the one before ${code}`)
    await peer.reqResp.goodbye(relay.peerId, code)
    assert.equal(await gone(relay, peer.peerId), reason, `goodbye ${code}`)
  }
})

test('a connection that just closes is an inbound disconnect, also after a session that ended otherwise', async () => {
  await using all = await scene()
  const { relay, peer } = all
  await comes(all)
  await peer.reqResp.goodbye(relay.peerId, 129)
  assert.equal(await gone(relay, peer.peerId), 'too_many_peers')
  await comes(all)
  await peer.node.hangUp(peerIdFromString(relay.peerId))
  assert.equal(await gone(relay, peer.peerId), 'inbound_disconnect')
})

test('a stop is told as such, and both sides say so', async () => {
  await using stopping = await startRelay({ config: { network: NETWORK } })
  await using other = await startRelay({ config: { network: NETWORK } })
  await connectRelays(other, stopping)
  await stopping.node.stop()
  assert.equal(await gone(other, stopping.peerId), 'client_shutdown')
  assert.equal((await viewOf(stopping, other.peerId)).disconnect_reason, 'client_shutdown')
})

test('what an operator ends: 129 of a disconnect, 251 of a ban, 252 of a range', async () => {
  const ends = [
    ['too_many_peers', 129, (relay, peerId) => relay.control.disconnectPeer(peerId)],
    ['bad_score', 251, (relay, peerId) => relay.control.changeAccess({ ban: [peerId] })],
    ['bad_score', 252, (relay) => relay.control.changeAccess({ banRanges: ['127.0.0.0/8'] })],
  ] as const satisfies readonly (readonly [
    string,
    number,
    (relay: RunningRelay, peerId: string) => void | Promise<void>,
  ])[]
  for (const [reason, code, end] of ends) {
    await using all = await scene()
    const { relay, peer } = all
    await comes(all)
    await end(relay, peer.peerId)
    assert.equal(await gone(relay, peer.peerId), reason)
    assert.deepEqual(peer.goodbyes, [code])
  }
})

test('a peer of another network: 2, though the report of it is a ban', async () => {
  await using all = await scene({ status: () => freshStatus('deadbeef') })
  const { relay, peer } = all
  await comes(all)
  await peer.reqResp.status(relay.peerId)
  assert.equal(await gone(relay, peer.peerId), 'irrelevant_network')
  assert.deepEqual(peer.goodbyes, [2])
  const { score = 0 } = await viewOf(relay, peer.peerId)
  assert.ok(score <= -99, `score ${score}`)
})

test('a peer whose metadata is impossible: 3', async () => {
  await using all = await scene({ custodyGroupCount: 200 })
  const { relay, peer } = all
  await relay.control.connectPeer({ multiaddr: peer.address })
  await until('the goodbye', () => peer.goodbyes.length > 0)
  assert.equal(await gone(relay, peer.peerId), 'io_error')
  assert.deepEqual(peer.goodbyes, [3])
})

test('a peer banned for its score: 250; a refused return changes nothing', async () => {
  await using all = await scene()
  const { relay, peer } = all
  await comes(all)
  const ping = '/eth2/beacon_chain/req/ping/1/ssz_snappy'
  const stream = await peer.node.dialProtocol(multiaddr(relay.addresses[0]), ping)
  stream.send(Buffer.from('08deadbeefdeadbeefdeadbeef', 'hex'))
  assert.equal(await gone(relay, peer.peerId), 'bad_score')
  assert.deepEqual(peer.goodbyes, [250])
  await until('the end of the connection', () => !peer.isConnectedTo(relay.peerId))
  await assert.rejects(async () => {
    await peer.dial(relay.addresses[0] ?? '')
    // The refusal comes after the handshake's first words at times: then the connection is what ends.
    await peer.reqResp.ping(relay.peerId)
  })
  assert.equal((await viewOf(relay, peer.peerId)).disconnect_reason, 'bad_score')
})

test('a failed dial ends no session: there is no reason', async () => {
  await using all = await scene()
  const { relay, peer } = all
  const { address, peerId } = peer
  await peer[Symbol.asyncDispose]()
  await relay.control.connectPeer({ multiaddr: address })
  assert.equal(await gone(relay, peerId), undefined)
  const view = await viewOf(relay, peerId)
  assert.deepEqual(Object.keys(view), ['peer_id', 'enr', 'last_seen_p2p_address', 'state', 'direction'])
  assert.equal(view.last_seen_p2p_address, address)
})

test('a dial that is called off ends no session either', async () => {
  await using all = await scene()
  const { relay, peer } = all
  await using mute = createServer((socket) => void socket.on('error', () => undefined))
  const accepted = new Promise<() => void>((resolve) =>
    mute.on('connection', (socket) => resolve(() => socket.destroy())),
  )
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  const { port } = mute.address() as AddressInfo
  await relay.control.connectPeer({ multiaddr: `/ip4/127.0.0.1/tcp/${port}/p2p/${peer.peerId}` })
  const hangUp = await accepted
  assert.equal((await viewOf(relay, peer.peerId)).state, 'connecting')
  await relay.control.disconnectPeer(peer.peerId)
  hangUp()
  assert.equal(await gone(relay, peer.peerId), undefined)
})

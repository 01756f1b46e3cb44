/** Answers to GRAFT and PRUNE by hand, over the real router with streams in the test's hands. */
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { formatTopic } from '../../../../src/consensus/topic.ts'
import { MeshControl } from '../../../../src/network-worker/control/mesh-control.ts'
import { meshParameters } from '../../../../src/network-worker/gossip/mesh/network-load.ts'
import { PeerRegistry } from '../../../../src/network-worker/peers/peer-registry.ts'
import {
  addPeer,
  graftRpc,
  graftsTo,
  names,
  OTHER_TOPIC,
  prunesTo,
  punish,
  routerScene,
  SCHEDULE,
  TOPIC,
} from '../gossip/router/router-scene.ts'

let id = ''
before(async () => {
  id = peerIdFromPrivateKey(await generateKeyPair('secp256k1')).toString()
})

/** A mesh with one connected peer beside it that takes its topic. */
function scene(level = 5) {
  const all = routerScene({ level })
  const registry = new PeerRegistry()
  all.router.join(TOPIC)
  const peer = addPeer(all.router, id)
  registry.enter(id, '/ip4/10.0.0.1/tcp/9000', 'inbound').state = 'connected'
  return { ...all, registry, peer, control: new MeshControl({ router: all.router, registry }) }
}

function mesh({ router }: ReturnType<typeof scene>): string[] {
  return [...(router.mesh.get(TOPIC) ?? [])]
}

test('GRAFT: grafted, on the wire and in the mesh; again: already in mesh, and nothing is sent', () => {
  const all = scene()
  assert.deepEqual(all.control.graft(TOPIC, id), { action: 'grafted' })
  assert.deepEqual([mesh(all), graftsTo(all.peer)], [[id], [TOPIC]])
  assert.deepEqual(all.control.graft(TOPIC, id), { action: 'already_in_mesh' })
  assert.deepEqual([mesh(all), graftsTo(all.peer)], [[id], [TOPIC]])
})

test('PRUNE: pruned, on the wire with 60 s; again: not in mesh; the next heartbeats do not undo it', async () => {
  const all = scene()
  all.control.graft(TOPIC, id)
  assert.deepEqual(await all.control.prune(TOPIC, id), { action: 'pruned' })
  assert.deepEqual(prunesTo(all.peer), [{ topic: TOPIC, backoff: 60 }])
  assert.deepEqual(await all.control.prune(TOPIC, id), { action: 'not_in_mesh' })
  for (let beat = 0; beat < 3; beat++) await all.router.heartbeat()
  assert.deepEqual(mesh(all), [])
  all.clock.advance(61_000)
  await all.router.heartbeat()
  assert.deepEqual(mesh(all), [id])
})

test('PRUNE of a peer we have never heard of: not in mesh', async () => {
  const all = scene()
  const stranger = peerIdFromPrivateKey(await generateKeyPair('secp256k1')).toString()
  assert.deepEqual(await all.control.prune(TOPIC, stranger), { action: 'not_in_mesh' })
})

type Prepare = (all: ReturnType<typeof scene>) => void

const REFUSALS: readonly (readonly [string, string, string, Prepare])[] = [
  ['a peer that is explicit', 'PEER_EXPLICIT', 'peer is explicit', ({ router }) => void router.direct.add(id)],
  [
    'a peer that left',
    'PEER_NOT_CONNECTED',
    'peer not connected',
    ({ registry }) => registry.leave(registry.get(id) ?? assert.fail()),
  ],
  [
    'a peer that we say goodbye to',
    'PEER_NOT_CONNECTED',
    'peer not connected',
    ({ registry }) => Object.assign(registry.get(id) ?? {}, { state: 'disconnecting' }),
  ],
  [
    'a peer without a gossip stream',
    'PEER_NOT_CONNECTED',
    'peer not connected',
    ({ router }) => void router.streamsOutbound.delete(id),
  ],
  [
    'a peer that does not take the topic',
    'PEER_NOT_SUBSCRIBED',
    'peer not subscribed to topic',
    ({ router }) => void router.topics.get(TOPIC)?.delete(id),
  ],
]

for (const [who, code, message, prepare] of REFUSALS) {
  test(`GRAFT of ${who}: ${code}, and nothing changes`, () => {
    const all = scene()
    prepare(all)
    assert.throws(() => all.control.graft(TOPIC, id), { name: 'RelayError', code, message })
    assert.deepEqual([mesh(all), graftsTo(all.peer), all.changes], [[], [], []])
  })
}

test('GRAFT of a peer in backoff: PEER_IN_BACKOFF with what is left of it, and possible when it is over', async () => {
  const all = scene()
  all.control.graft(TOPIC, id)
  await all.control.prune(TOPIC, id)
  all.clock.advance(20_000)
  let details: Record<string, unknown> = {}
  assert.throws(
    () => all.control.graft(TOPIC, id),
    (error) => {
      assert.ok(error instanceof Error && 'code' in error && 'details' in error)
      assert.deepEqual([error.code, error.message], ['PEER_IN_BACKOFF', 'peer in backoff'])
      details = error.details as Record<string, unknown>
      return true
    },
  )
  const left = details['retry_after_ms']
  assert.ok(typeof left === 'number' && Number.isInteger(left) && Math.abs(left - 40_000) < 1000, String(left))
  assert.deepEqual(mesh(all), [])
  all.clock.advance(left)
  assert.deepEqual(all.control.graft(TOPIC, id), { action: 'grafted' })
})

test('topics: what is no topic is BAD_TOPIC, one we are not in TOPIC_NOT_SUBSCRIBED, for both calls', async () => {
  const { control } = scene()
  const bad = [
    '',
    'beacon_block',
    '/eth2/zz/beacon_block/ssz_snappy',
    encodeURIComponent(TOPIC),
    `${TOPIC} `,
    `${TOPIC}/`,
  ]
  for (const topic of bad) {
    assert.throws(() => control.graft(topic, id), { code: 'BAD_TOPIC', message: 'invalid topic' }, topic)
    await assert.rejects(control.prune(topic, id), { code: 'BAD_TOPIC', message: 'invalid topic' }, topic)
  }
  const foreign = [
    OTHER_TOPIC,
    formatTopic('deadbeef', 'beacon_block'),
    formatTopic(SCHEDULE.at(0).digestHex, 'voluntary_exit'),
  ]
  for (const topic of foreign) {
    const expected = { code: 'TOPIC_NOT_SUBSCRIBED', message: 'not subscribed to topic' }
    assert.throws(() => control.graft(topic, id), expected, topic)
    await assert.rejects(control.prune(topic, id), expected, topic)
  }
})

test('a peer id that is none: BAD_PEER_ID for both calls', async () => {
  const { control } = scene()
  for (const text of ['', 'peer', `${id}x`, '16Uiu2HAm']) {
    assert.throws(() => control.graft(TOPIC, text), { code: 'BAD_PEER_ID' })
    await assert.rejects(control.prune(TOPIC, text), { code: 'BAD_PEER_ID' })
  }
})

test('a peer below zero is grafted with a warning, and the next heartbeat prunes it as said', async () => {
  const all = scene()
  punish(all.router, id)
  const { action, warning } = all.control.graft(TOPIC, id)
  assert.equal(action, 'grafted')
  assert.match(warning ?? '', /negative score.*next heartbeat/)
  await all.router.heartbeat()
  assert.deepEqual(mesh(all), [])
  assert.equal(all.changes.at(-1)?.reason, 'negative_score')
})

test('above mesh_n_high: grafted with a warning, and the next heartbeat prunes the mesh down as said', async () => {
  const all = scene(1)
  const { meshHigh, meshN } = meshParameters(1)
  const others = names(meshHigh).map((name) => addPeer(all.router, name))
  for (const peer of others.slice(1)) await all.router.handleReceivedRpc(peer.peerId, graftRpc(TOPIC))
  assert.deepEqual(all.control.graft(TOPIC, id), { action: 'grafted' }, 'at the bound: nothing to warn of')
  await all.control.prune(TOPIC, id)
  await all.router.handleReceivedRpc(others[0]?.peerId ?? assert.fail(), graftRpc(TOPIC))
  all.clock.advance(61_000)
  const { action, warning } = all.control.graft(TOPIC, id)
  assert.equal(action, 'grafted')
  assert.match(warning ?? '', /above mesh_n_high.*next heartbeat/)
  assert.equal(mesh(all).length, meshHigh + 1)
  await all.router.heartbeat()
  assert.equal(mesh(all).length, meshN)
})

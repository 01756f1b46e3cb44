import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { MeshTopicView } from '../../src/rpc/mesh-views.ts'
import type { ControlEvent, GoPeer } from '../support/go-peer.ts'
import { StarlingProcess } from '../support/starling-process.ts'
import { eventually, joinMesh, relayMesh, skip, startGoPeer, startWirePeer, topicOf } from './setup.ts'

const FLAGS = ['--validation', 'none', '--topics', 'none', '--attestation-subnets', '0', '--no-quic']
const ATTESTATION = 'beacon_attestation_0'
/** Heartbeats of the default level that would undo what was done by hand, if they did. */
const THREE_HEARTBEATS_MS = 2_200

/** What a Go peer's pubsub traced on the wire with the relay, in order. */
function traced(peer: GoPeer, direction: 'in' | 'out'): readonly Pick<ControlEvent, 'graft' | 'prune'>[] {
  const found = peer.events.filter((event): event is ControlEvent => event.event === 'control')
  return found
    .filter((event) => event.direction === direction)
    .map(({ graft, prune }) => ({ ...(graft && { graft }), ...(prune && { prune }) }))
}

function linkPath(topic: string, peer: string): string {
  return `/mesh/${encodeURIComponent(topic)}/${peer}`
}

test('GRAFT by hand reaches a Go peer, and its pubsub takes the relay into its mesh', { skip }, async () => {
  await using relay = await StarlingProcess.start({ flags: FLAGS })
  await using member = await startGoPeer(relay)
  const topic = await topicOf(relay, ATTESTATION)
  // One link is enough at load 1, so that the relay does not graft those who come after.
  await relay.request('PATCH', '/config', { network_load: 1 })
  await joinMesh(relay, 'tcp', [topic], [member])
  const own = { d: 6, dLow: 3, dHigh: 12 }
  await using subject = await startGoPeer(relay, { gossip: own })
  await using first = await startGoPeer(relay)
  await using second = await startGoPeer(relay)
  await using third = await startGoPeer(relay)
  const others = [first, second, third]
  for (const other of others) await other.subscribe(topic)
  await subject.subscribe(topic)
  for (const other of others) await subject.dial(other.address('tcp'))
  // Its own mesh is full enough: it wants no link to the relay either.
  await eventually('the peer content', async () => (await subject.mesh(topic)).length === others.length)

  await subject.dial(relay.address('tcp'))
  await eventually('its subscription known', async () => {
    const { status } = await relay.request<unknown>('POST', linkPath(topic, subject.peerId))
    return status === 200
  })
  await subject.waitForMesh('graft', topic, relay.peerId)
  assert.deepEqual(traced(subject, 'in').at(-1), { graft: [topic] })
  assert.ok((await subject.mesh(topic)).includes(relay.peerId))
  assert.ok((await relayMesh(relay, topic)).includes(subject.peerId))
  const line = relay.log.find(({ msg, peer }) => peer === subject.peerId && String(msg).includes('(reason: manual)'))
  assert.equal(line?.['msg'], 'MESH: We are sending GRAFT to peer (reason: manual)')
  const again = await relay.request('POST', linkPath(topic, subject.peerId))
  assert.deepEqual(again.body, { status: 'ok', topic, peer_id: subject.peerId, action: 'already_in_mesh' })
})

test('PRUNE by hand reaches a Go peer with 60 s, and no heartbeat of either side undoes it', { skip }, async () => {
  await using relay = await StarlingProcess.start({ flags: FLAGS })
  await using peer = await startGoPeer(relay)
  const topic = await topicOf(relay, ATTESTATION)
  await joinMesh(relay, 'tcp', [topic], [peer])
  const pruned = await relay.request('DELETE', linkPath(topic, peer.peerId))
  assert.deepEqual(pruned.body, { status: 'ok', topic, peer_id: peer.peerId, action: 'pruned' })
  await peer.waitForMesh('prune', topic, relay.peerId)
  assert.deepEqual(traced(peer, 'in').at(-1), { prune: [{ topic, backoffSecs: 60 }] })
  const seen = traced(peer, 'in').length
  await delay(THREE_HEARTBEATS_MS)
  assert.deepEqual([await relayMesh(relay, topic), await peer.mesh(topic)], [[], []])
  assert.equal(traced(peer, 'in').length, seen, 'nothing more crossed the wire')
})

test('an explicit peer is forwarded to without a link, and its GRAFT is refused', { skip }, async () => {
  await using relay = await StarlingProcess.start({ flags: FLAGS })
  await using publisher = await startGoPeer(relay)
  const topic = await topicOf(relay, ATTESTATION)
  await joinMesh(relay, 'tcp', [topic], [publisher])
  await using subject = await startGoPeer(relay)
  const added = await relay.request('POST', `/mesh/explicit/${subject.peerId}`)
  assert.deepEqual(added.body, { status: 'ok', peer_id: subject.peerId, action: 'added_to_explicit' })
  await subject.subscribe(topic)
  await subject.dial(relay.address('tcp'))
  await eventually('its GRAFT refused', async () => traced(subject, 'in').some(({ prune }) => prune !== undefined))
  assert.deepEqual(traced(subject, 'out')[0], { graft: [topic] })
  assert.ok(traced(subject, 'in').every(({ graft }) => graft === undefined))

  const { id } = await publisher.publish(topic, { sizeBytes: 240 })
  const received = await subject.waitForMessage(id)
  assert.equal(received.from, relay.peerId)
  const mesh = await relay.fetchJson<readonly MeshTopicView[]>('/mesh')
  const shown = mesh.find((view) => view.topic === topic)?.peers.find(({ peer_id }) => peer_id === subject.peerId)
  assert.equal(shown?.explicit, true)
  const byHand = await relay.request<{ error: string }>('POST', linkPath(topic, subject.peerId))
  assert.deepEqual([byHand.status, byHand.body.error], [409, 'peer is explicit'])
  const lines = relay.log.filter(({ peer }) => peer === subject.peerId).map(({ msg }) => msg)
  assert.ok(lines.includes("MESH: We rejected peer's GRAFT and will PRUNE (reason: explicit_peer)"), String(lines))
})

test('a peer is not grafted while it is explicit, and is once it no longer is', { skip }, async () => {
  await using relay = await StarlingProcess.start({ flags: FLAGS })
  await using subject = await startWirePeer(relay)
  const topic = await topicOf(relay, ATTESTATION)
  await relay.request('POST', `/mesh/explicit/${subject.peerId}`)
  await subject.send(relay.peerId, { subscribe: [topic] })
  const listed = async (): Promise<boolean> => (await relayMesh(relay, topic)).includes(subject.peerId)
  await eventually('it shown as explicit', listed)
  await delay(THREE_HEARTBEATS_MS)
  assert.ok(subject.received.every(({ rpc }) => rpc.graft === undefined))
  const removed = await relay.request('DELETE', `/mesh/explicit/${subject.peerId}`)
  assert.deepEqual(removed.body, { status: 'ok', peer_id: subject.peerId, action: 'removed_from_explicit' })
  await subject.waitForRpc('GRAFT of a heartbeat', ({ graft }) => graft?.includes(topic) === true)
  assert.ok(await listed())
})

test('making a mesh peer explicit takes the link away and keeps the messages', { skip }, async () => {
  await using relay = await StarlingProcess.start({ flags: FLAGS })
  await using publisher = await startGoPeer(relay)
  await using subject = await startGoPeer(relay)
  const topic = await topicOf(relay, ATTESTATION)
  await joinMesh(relay, 'tcp', [topic], [publisher, subject])
  await relay.request('POST', `/mesh/explicit/${subject.peerId}`)
  await subject.waitForMesh('prune', topic, relay.peerId)
  assert.equal(traced(subject, 'in').at(-1)?.prune?.[0]?.topic, topic)
  const { id } = await publisher.publish(topic, { sizeBytes: 240 })
  assert.equal((await subject.waitForMessage(id)).from, relay.peerId)
  const peers = await relay.fetchJson('/mesh/explicit')
  assert.deepEqual(peers, [{ peer_id: subject.peerId, is_connected: true }])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GoWirePeer, RpcEvent } from '../support/go-wire-peer.ts'
import { StarlingProcess } from '../support/starling-process.ts'
import { eventually, relayMesh, skip, startWirePeer, topicOf } from './setup.ts'

const FLAGS = ['--validation', 'none', '--topics', 'none', '--attestation-subnets', '0']
const ATTESTATION = 'beacon_attestation_0'
const BACKOFF_SECS = 3
/** The heartbeat of the default level and what a busy machine adds to it. */
const HEARTBEAT_AND_SLACK_MS = 2_500
/** Our PRUNE takes a moment to get there, and the answer another to come back. */
const WIRE_MS = 100

async function graftAfter(peer: GoWirePeer, topic: string, skipped: number): Promise<RpcEvent> {
  return peer.waitForRpc('GRAFT', ({ graft }) => graft?.includes(topic) === true, { skip: skipped })
}

function milliseconds({ atNs }: RpcEvent): number {
  return Number(BigInt(atNs) / 1_000_000n)
}

test('the relay does not graft a peer before the backoff it was told ends, and does after', { skip }, async () => {
  await using relay = await StarlingProcess.start({ flags: FLAGS })
  await using peer = await startWirePeer(relay)
  const topic = await topicOf(relay, ATTESTATION)
  await peer.send(relay.peerId, { subscribe: [topic] })
  await graftAfter(peer, topic, 0)
  await eventually('the peer in the mesh', async () => (await relayMesh(relay, topic)).includes(peer.peerId))

  const before = peer.received.length
  const prunedAtMs = Date.now()
  await peer.send(relay.peerId, { prune: [{ topic, backoffSecs: BACKOFF_SECS }] })
  await eventually('the peer out of the mesh', async () => (await relayMesh(relay, topic)).length === 0)
  const again = milliseconds(await graftAfter(peer, topic, before)) - prunedAtMs
  assert.ok(again >= BACKOFF_SECS * 1000 - WIRE_MS, `grafted after ${again} ms`)
  assert.ok(again <= BACKOFF_SECS * 1000 + HEARTBEAT_AND_SLACK_MS, `grafted after ${again} ms`)
})

test('a manual PRUNE announces 60 s, and a GRAFT before they end is refused', { skip }, async () => {
  await using relay = await StarlingProcess.start({ flags: FLAGS })
  await using peer = await startWirePeer(relay)
  const topic = await topicOf(relay, ATTESTATION)
  await peer.send(relay.peerId, { subscribe: [topic] })
  await graftAfter(peer, topic, 0)
  const path = `/mesh/${encodeURIComponent(topic)}/${peer.peerId}`
  const pruned = await relay.request('DELETE', path)
  assert.deepEqual(pruned, { status: 200, body: { status: 'ok', topic, peer_id: peer.peerId, action: 'pruned' } })
  const told = await peer.waitForRpc('PRUNE', ({ prune }) => prune !== undefined)
  assert.deepEqual(told.rpc.prune, [{ topic, backoffSecs: 60 }])

  const before = peer.received.length
  await peer.send(relay.peerId, { graft: [topic] })
  const refused = await peer.waitForRpc('PRUNE', ({ prune }) => prune !== undefined, { skip: before })
  assert.equal(refused.rpc.prune?.[0]?.topic, topic)
  assert.deepEqual(await relayMesh(relay, topic), [])
  const byHand = await relay.request<{ error: string; retry_after_ms: number }>('POST', path)
  assert.equal(byHand.status, 409)
  assert.equal(byHand.body.error, 'peer in backoff')
  assert.ok(byHand.body.retry_after_ms > 0)
})

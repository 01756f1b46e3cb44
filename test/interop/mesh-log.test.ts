import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GoWirePeer } from '../support/go-wire-peer.ts'
import { StarlingProcess } from '../support/starling-process.ts'
import { eventually, relayMesh, skip, startWirePeer, topicOf } from './setup.ts'

const FLAGS = ['--validation', 'none', '--topics', 'none', '--attestation-subnets', '0,1', '--no-quic']
/** GRAFTs before their backoff ends that no score survives: its behaviour penalty counts from the seventh on. */
const IMPATIENT_GRAFTS = 20

/** `/mesh/{topic}/{peer_id}` */
const link = (topic: string, peer: GoWirePeer): string => `/mesh/${encodeURIComponent(topic)}/${peer.peerId}`

/** Waits for a log line about a peer, word for word. */
function logged(relay: StarlingProcess, peer: GoWirePeer, text: string): Promise<void> {
  return eventually(text, async () => relay.log.some((line) => line['msg'] === text && line['peer'] === peer.peerId))
}

test('the log names why each link came or went, in the words of the specification', { skip }, async () => {
  await using relay = await StarlingProcess.start({ flags: FLAGS })
  await using stack = new AsyncDisposableStack()
  const [topic, second] = [await topicOf(relay, 'beacon_attestation_0'), await topicOf(relay, 'beacon_attestation_1')]
  const peers: GoWirePeer[] = []
  for (let count = 0; count < 5; count++) peers.push(stack.use(await startWirePeer(relay)))
  for (const peer of peers) {
    await peer.send(relay.peerId, { subscribe: [topic] })
    await logged(relay, peer, 'MESH: We are sending GRAFT to peer (reason: peer_subscribed)')
  }

  const [leaving] = peers as [GoWirePeer]
  await leaving.send(relay.peerId, { prune: [{ topic, backoffSecs: 1 }] })
  await logged(relay, leaving, 'MESH: Received PRUNE from peer (peer removed us from their mesh)')
  await logged(relay, leaving, "MESH: We removed peer from our mesh (responding to peer's PRUNE)")
  await logged(relay, leaving, 'MESH: We are sending GRAFT to peer (reason: heartbeat)')

  await relay.request('PATCH', '/config', { network_load: 1 })
  await eventually('a mesh of three', async () => (await relayMesh(relay, topic)).length === 3)
  const members = await relayMesh(relay, topic)
  const [cut] = peers.filter(({ peerId }) => !members.includes(peerId)) as [GoWirePeer]
  const [first, rude] = peers.filter(({ peerId }) => members.includes(peerId)) as [GoWirePeer, GoWirePeer]
  await logged(relay, cut, 'MESH: Will PRUNE peer (reason: mesh_high)')
  await eventually('the short backoff over', async () => (await relay.request('POST', link(topic, cut))).status === 200)
  await logged(relay, cut, 'MESH: We are sending GRAFT to peer (reason: manual)')

  await first.send(relay.peerId, { subscribe: [second] })
  await logged(relay, first, 'MESH: We are sending GRAFT to peer (reason: peer_subscribed)')
  await rude.send(relay.peerId, { subscribe: [second], graft: [second] })
  await logged(relay, rude, 'MESH: Received GRAFT from peer (peer wants to add us to their mesh)')
  await logged(relay, rude, "MESH: We added peer to our mesh (accepted peer's GRAFT)")
  await relay.request('DELETE', link(second, rude))
  await logged(relay, rude, 'MESH: We are sending PRUNE to peer (reason: manual)')
  for (let count = 0; count < IMPATIENT_GRAFTS; count++) await rude.send(relay.peerId, { graft: [second] })
  await logged(relay, rude, "MESH: We rejected peer's GRAFT and will PRUNE (reason: backoff)")
  await logged(relay, rude, 'MESH: We are sending PRUNE to peer (reason: negative_score)')
  const scored = relay.log.find(({ msg }) => msg === 'MESH: We are sending PRUNE to peer (reason: negative_score)')
  assert.ok(Number(scored?.['score']) < 0)

  await relay.request('POST', `/mesh/explicit/${cut.peerId}`)
  await cut.send(relay.peerId, { graft: [topic] })
  await logged(relay, cut, "MESH: We rejected peer's GRAFT and will PRUNE (reason: explicit_peer)")
})

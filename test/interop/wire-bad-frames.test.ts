import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { GoPeer } from '../support/go-peer.ts'
import type { GoWirePeer, WireRpc } from '../support/go-wire-peer.ts'
import { StarlingProcess } from '../support/starling-process.ts'
import { eventually, joinMesh, relayMesh, skip, startGoPeer, startWirePeer, topicOf } from './setup.ts'

const FLAGS = ['--validation', 'none', '--topics', 'none', '--attestation-subnets', '0']
/** Honest traffic gets through in this time whatever a peer sends meanwhile: a heartbeat or two, more on a busy machine. */
const UNDISTURBED_MS = 10_000
/** GossipsubMaxIHaveLength: the most ids that are asked of one peer in one heartbeat. */
const MAX_ASKED = 5_000

interface Scene {
  readonly relay: StarlingProcess
  readonly topic: string
  readonly one: GoPeer
  readonly two: GoPeer
}

/** A peer in the relay's mesh, so that what it breaks is a stream in use. */
async function joinAttacker({ relay, topic }: Scene): Promise<GoWirePeer> {
  const attacker = await startWirePeer(relay)
  await attacker.send(relay.peerId, { subscribe: [topic], graft: [topic] })
  await eventually('the attacker in the mesh', async () => (await relayMesh(relay, topic)).includes(attacker.peerId))
  return attacker
}

/** Messages go both ways between the honest peers, which keep their places in the mesh. */
async function assertUndisturbed({ relay, topic, one, two }: Scene): Promise<void> {
  for (const [from, to] of [
    [one, two],
    [two, one],
  ] as const) {
    const { id } = await from.publish(topic, { sizeBytes: 240 })
    await to.waitForMessage(id, UNDISTURBED_MS)
  }
  const mesh = await relayMesh(relay, topic)
  assert.ok(mesh.includes(one.peerId) && mesh.includes(two.peerId))
}

const ids = (count: number): string[] => Array.from({ length: count }, () => randomBytes(20).toString('hex'))

const BROKEN_FRAMES: readonly { readonly name: string; readonly bytes: Buffer }[] = [
  { name: 'noise', bytes: randomBytes(4096) },
  { name: 'a frame cut short', bytes: Buffer.concat([Buffer.of(100), randomBytes(10)]) },
  { name: 'a length of 4 GiB', bytes: Buffer.of(0x80, 0x80, 0x80, 0x80, 0x10) },
  { name: 'a length past 2^63', bytes: Buffer.alloc(10, 0xff) },
  { name: 'a field longer than its frame', bytes: Buffer.of(3, 0x1a, 0x7f, 0x00) },
  { name: 'a wire type that does not exist', bytes: Buffer.of(2, 0x17, 0x00) },
  { name: 'groups that never end', bytes: Buffer.concat([Buffer.of(0xc8, 0x01), Buffer.alloc(200, 0x0b)]) },
]

const HUGE_LISTS: readonly { readonly name: string; readonly rpc: (topic: string) => WireRpc }[] = [
  { name: 'IHAVE of 60000 ids', rpc: (topic) => ({ ihave: [{ topic, ids: ids(60_000) }] }) },
  { name: 'IWANT of 60000 ids', rpc: () => ({ iwant: ids(60_000) }) },
  { name: 'IDONTWANT of 60000 ids', rpc: () => ({ idontwant: ids(60_000) }) },
  { name: '60000 GRAFTs of one topic', rpc: (topic) => ({ graft: Array<string>(60_000).fill(topic) }) },
  { name: '20000 GRAFTs of no topic', rpc: () => ({ graft: ids(20_000) }) },
  { name: '20000 subscriptions', rpc: () => ({ subscribe: ids(20_000) }) },
  {
    name: '60000 PRUNEs',
    rpc: (topic) => ({ prune: Array.from({ length: 60_000 }, () => ({ topic, backoffSecs: 2 ** 40 })) }),
  },
]

test('frames that are none, and lists without end, disturb nobody but their sender', { skip }, async (t) => {
  await using relay = await StarlingProcess.start({ flags: FLAGS })
  await using one = await startGoPeer(relay)
  await using two = await startGoPeer(relay)
  const topic = await topicOf(relay, 'beacon_attestation_0')
  await joinMesh(relay, 'tcp', [topic], [one, two])
  const scene = { relay, topic, one, two }
  for (const { name, bytes } of BROKEN_FRAMES) {
    await t.test(name, async () => {
      await using attacker = await joinAttacker(scene)
      await attacker.sendRaw(relay.peerId, bytes)
      await assertUndisturbed(scene)
    })
  }
  for (const { name, rpc } of HUGE_LISTS) {
    await t.test(name, async () => {
      await using attacker = await joinAttacker(scene)
      await attacker.send(relay.peerId, rpc(topic))
      await assertUndisturbed(scene)
      const asked = attacker.received.flatMap(({ rpc: { iwant } }) => iwant ?? [])
      assert.ok(asked.length <= MAX_ASKED, `asked for ${asked.length} ids`)
    })
  }
  assert.ok(relay.isRunning)
  assert.equal(await relay.stop(), 0)
})

test('fields that we do not know are passed over, the rest of the RPC counts', { skip }, async () => {
  await using relay = await StarlingProcess.start({ flags: FLAGS })
  await using peer = await startWirePeer(relay)
  const topic = await topicOf(relay, 'beacon_attestation_0')
  // subscriptions { subscribe: true, topicid: topic, 99: 7 }, then field 500 (a varint) and field 6492434 (bytes).
  const options = Buffer.concat([Buffer.of(0x08, 1, 0x12, topic.length), Buffer.from(topic), Buffer.of(0x98, 0x06, 7)])
  const unknown = Buffer.of(0xa0, 0x1f, 42, 0x92, 0x91, 0xe2, 0x18, 2, 1, 2)
  const rpc = Buffer.concat([Buffer.of(0x0a, options.length), options, unknown])
  await peer.sendRaw(relay.peerId, Buffer.concat([Buffer.of(rpc.length), rpc]))
  await peer.waitForRpc('GRAFT', ({ graft }) => graft?.includes(topic) === true)
})

test('a peer whose stream ended within a frame may speak again on a new one, unpunished', { skip }, async () => {
  await using relay = await StarlingProcess.start({ flags: FLAGS })
  await using peer = await startWirePeer(relay, { refusesGrafts: true })
  const topic = await topicOf(relay, 'beacon_attestation_0')
  await peer.send(relay.peerId, { subscribe: [topic] })
  await peer.sendRaw(relay.peerId, Buffer.concat([Buffer.of(100), randomBytes(10)]))
  const before = peer.received.length
  await peer.reopen(relay.peerId)
  await peer.send(relay.peerId, { ihave: [{ topic, ids: ids(1) }] })
  await peer.waitForRpc('IWANT', ({ iwant }) => iwant?.length === 1, { skip: before })
  const { body } = await relay.request('GET', `/peers/${peer.peerId}`)
  assert.equal((body as { peer_score: number }).peer_score, 0)
})

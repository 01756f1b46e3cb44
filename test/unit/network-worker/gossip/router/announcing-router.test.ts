/** IDONTWANT both ways: who is told, what is heeded, and what is counted as spared. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { MessageClass } from '../../../../../src/network-worker/gossip/message-class.ts'
import { MAX_UNWANTED_IDS } from '../../../../../src/network-worker/gossip/router/announcing-router.ts'
import type { RelayRouter } from '../../../../../src/network-worker/gossip/router/relay-router.ts'
import { SETTLED_AFTER_MS } from '../../../../../src/network-worker/gossip/sending/copy-ledger.ts'
import { STREAM_WATERMARK_BYTES } from '../../../../../src/network-worker/gossip/sending/peer-outbox.ts'
import type { Verdict } from '../../../../../src/network-worker/validation/verdict.ts'
import { addPeer, controlRpc, type FakePeer, names, plainRules, routerScene, TOPIC } from './router-scene.ts'

const LARGE_BYTES = 3000
/** Of gossip/arrival/pending-verdicts.ts. */
const MAX_PENDING_VERDICTS = 16_384

function idOf(seed: number): Uint8Array {
  return new Uint8Array(20).fill(seed)
}

/** A length of two bytes is that of a message here, a shorter one that of a control message. */
function unwantedBy(peer: FakePeer): (number | undefined)[] {
  const rpcs = peer.frames.filter((frame) => frame.length < 128).map((frame) => RPC.decode(frame.subarray(1)))
  return rpcs.flatMap(({ control }) => (control?.idontwant ?? []).map(({ messageIDs }) => messageIDs[0]?.[0]))
}

/** First bytes of the large messages that a peer was sent. */
function messagesTo(peer: FakePeer): (number | undefined)[] {
  const rpcs = peer.frames.filter((frame) => frame.length >= 128).map((frame) => RPC.decode(frame.subarray(2)))
  return rpcs.flatMap(({ messages }) => messages.map(({ data }) => data?.[0]))
}

function receive(router: RelayRouter, { peerId }: FakePeer, seed: number, bytes = LARGE_BYTES): void {
  const data = new Uint8Array(bytes).fill(seed)
  void router.handleReceivedRpc(peerId, { subscriptions: [], messages: [{ topic: TOPIC, data }] })
}

function refuse(router: RelayRouter, { peerId }: FakePeer, ...seeds: number[]): Promise<void> {
  return router.handleReceivedRpc(peerId, controlRpc({ idontwant: [{ messageIDs: seeds.map(idOf) }] }))
}

/** Four peers in the mesh of a topic, and one that is explicit. */
function scene(messageClass: MessageClass = 'block', check = (): Verdict => ({ action: 'accept' })) {
  const all = routerScene()
  const { router } = all
  router.allow(TOPIC, plainRules({ messageClass, check }))
  router.direct.add('explicit')
  const [a, b, c, d] = names(4).map((name) => addPeer(router, name))
  const explicit = addPeer(router, 'explicit')
  assert.ok(a !== undefined && b !== undefined && c !== undefined && d !== undefined)
  router.join(TOPIC)
  return { ...all, a, b, c, d, explicit }
}

test('the mesh and explicit peers are told before the message itself leaves, its sender is not', () => {
  const { router, a, b, c, d, explicit } = scene()
  receive(router, a, 7)
  for (const peer of [b, c, d, explicit]) {
    assert.deepEqual([unwantedBy(peer), messagesTo(peer)], [[7], [7]], peer.id)
    assert.ok((peer.frames[0]?.length ?? 128) < 128, 'in this order')
  }
  assert.deepEqual(a.frames, [])
  const row = router.wireView().control.find(({ control }) => control === 'idontwant')
  assert.deepEqual([row?.sentMessages, row?.sentIds], [4, 4])
})

test('an explicit peer that does not take the topic is not told', () => {
  const { router, a, explicit } = scene()
  router.topics.get(TOPIC)?.delete('explicit')
  receive(router, a, 7)
  assert.deepEqual(explicit.frames, [])
})

test('peers of older versions are not told, nor those without a stream; one that breaks costs the others nothing', () => {
  const { router, a, b, c, d } = scene()
  const old = router.streamsOutbound.get(b.id) ?? assert.fail('no stream')
  Object.assign(old, { protocol: '/meshsub/1.1.0' })
  router.streamsOutbound.delete(c.id)
  const broken = router.streamsOutbound.get('explicit') ?? assert.fail('no stream')
  broken.pushPrefixed = () => {
    throw new Error('gone')
  }
  receive(router, a, 7)
  assert.deepEqual([unwantedBy(b), unwantedBy(d)], [[], [7]])
  assert.deepEqual(messagesTo(b), [7])
  const row = router.wireView().control.find(({ control }) => control === 'idontwant')
  assert.equal(row?.sentMessages, 1)
})

test('who sent a copy while a message waited for others is not told that we have it', async () => {
  const { promise, resolve } = Promise.withResolvers<Verdict>()
  const all = routerScene()
  const { router } = all
  router.allow(TOPIC, plainRules({ check: () => ({ action: 'hold', settled: promise }) }))
  const [a, b, c] = names(3).map((name) => addPeer(router, name))
  assert.ok(a !== undefined && b !== undefined && c !== undefined)
  router.join(TOPIC)
  receive(router, a, 7)
  receive(router, b, 7)
  resolve({ action: 'accept' })
  await new Promise((done) => setImmediate(done))
  assert.deepEqual([a, b, c].map(unwantedBy), [[], [], [7]])
  assert.deepEqual([a, b, c].map(messagesTo), [[], [], [7]])
})

test('what a peer does not want it is not sent, and counted with its bytes', async () => {
  const { router, a, b, c } = scene()
  await refuse(router, b, 7)
  receive(router, a, 7)
  assert.deepEqual([messagesTo(b), messagesTo(c)], [[], [7]])
  const { messages, bytes } = router.wireView().sparedSent
  assert.equal(messages, 1)
  assert.equal(bytes, c.frames.at(-1)?.length)
})

test('a block that waits for a slow peer is taken out when the peer says that it has it', async () => {
  const { router, clock, a, b } = scene()
  b.rawStream.writeBufferLength = STREAM_WATERMARK_BYTES
  receive(router, a, 7)
  receive(router, a, 8)
  clock.advance(4000)
  await refuse(router, b, 7)
  assert.equal(router.wireView().sparedSent.messages, 1)
  b.rawStream.writeBufferLength = 0
  await router.heartbeat()
  assert.deepEqual(messagesTo(b), [8])
})

test('what a peer says right after is heeded at the next heartbeat, full stream or not', async () => {
  const { router, a, b } = scene()
  b.rawStream.writeBufferLength = STREAM_WATERMARK_BYTES
  for (const seed of [7, 8]) receive(router, a, seed)
  for (const seed of [7, 8]) await refuse(router, b, seed)
  assert.equal(router.wireView().sparedSent.messages, 1)
  await router.heartbeat()
  assert.equal(router.wireView().sparedSent.messages, 2)
})

test('a block that waits for a peer is not sent once the peer has sent it; a vote is, which is not worth the question', async () => {
  for (const [messageClass, expected] of [
    ['block', []],
    ['other', [7]],
  ] as const) {
    const { router, a, b } = scene(messageClass)
    b.rawStream.writeBufferLength = STREAM_WATERMARK_BYTES
    receive(router, a, 7, 5000)
    receive(router, b, 7, 5000)
    b.rawStream.writeBufferLength = 0
    await router.heartbeat()
    assert.deepEqual(messagesTo(b), expected, messageClass)
    assert.equal(router.wireView().sparedSent.messages, 1 - expected.length)
  }
})

test('of the ids that a peer does not want the newest are kept', async () => {
  const { router, a } = scene()
  // Upstream takes 512 of a peer in a heartbeat.
  const rounds = Math.ceil(MAX_UNWANTED_IDS / 512) + 1
  const idsOf = (round: number): Uint8Array[] =>
    Array.from({ length: 512 }, (_, n) => Uint8Array.of(round, n >> 8, n & 255, ...new Array<number>(17).fill(0)))
  for (let round = 0; round < rounds; round++) {
    await router.handleReceivedRpc(a.peerId, controlRpc({ idontwant: [{ messageIDs: idsOf(round) }] }))
    await router.heartbeat()
  }
  const kept = [...(router.idontwants.get(a.id)?.keys() ?? [])]
  assert.equal(kept.length, MAX_UNWANTED_IDS)
  assert.ok(!kept.includes('00'.repeat(20)))
  assert.equal(kept.at(-1), Buffer.from(idsOf(rounds - 1).at(-1) ?? []).toString('hex'))
})

test('a peer that had a large message and did not send it spared us a copy: known some seconds later', async () => {
  const { router, clock, a, b, c, d } = scene()
  receive(router, a, 7)
  for (const peer of [b, c]) await refuse(router, peer, 7)
  receive(router, c, 7)
  receive(router, d, 7)
  clock.advance(SETTLED_AFTER_MS - 1)
  await router.heartbeat()
  assert.equal(router.wireView().sparedReceived.messages, 0)
  clock.advance(1)
  await router.heartbeat()
  const { messages, bytes } = router.wireView().sparedReceived
  assert.deepEqual([messages, bytes], [1, b.frames.at(-1)?.length])
})

test('of short messages, and of votes however long, nothing is followed', async () => {
  for (const [messageClass, bytes] of [
    ['block', 500],
    ['other', LARGE_BYTES],
  ] as const) {
    const { router, clock, a, b } = scene(messageClass)
    receive(router, a, 7, bytes)
    await refuse(router, b, 7)
    clock.advance(SETTLED_AFTER_MS)
    await router.heartbeat()
    assert.equal(router.wireView().sparedReceived.messages, 0)
  }
})

test('an id that is none is not kept, however much of an RPC it is', async () => {
  const { router, a } = scene()
  const rpc = controlRpc({ idontwant: [{ messageIDs: [new Uint8Array(1_000_000), idOf(7), new Uint8Array(19)] }] })
  await router.handleReceivedRpc(a.peerId, router.decodeRpc(RPC.encode(rpc)))
  assert.deepEqual([...(router.idontwants.get(a.id)?.keys() ?? [])], ['07'.repeat(20)])
})

test('nothing is kept of a peer that left before its word was read', async () => {
  const { router, a } = scene()
  router.removePeer(a.peerId)
  await refuse(router, a, 7)
  assert.equal(router.idontwants.has(a.id), false)
})

/** What a peer is sent in one write with something in front, from now on. */
function togetherTo(router: RelayRouter, { id }: FakePeer): Uint8Array[][] {
  const together: Uint8Array[][] = []
  const stream = router.streamsOutbound.get(id) ?? assert.fail('no stream')
  stream.pushTogether = (front, frame) => void together.push([front, frame])
  return together
}

test('whoever gets a message in the turn of its verdict is told with it, in one write, having waited or not', async () => {
  const { promise, resolve } = Promise.withResolvers<Verdict>()
  const { router, a, b } = scene()
  const together = togetherTo(router, b)
  receive(router, a, 7)
  router.allow(TOPIC, plainRules({ check: () => ({ action: 'hold', settled: promise }) }))
  receive(router, a, 8)
  resolve({ action: 'accept' })
  await new Promise((done) => setImmediate(done))
  assert.deepEqual(
    together.map(([front, frame]) => [front?.[front.length - 1], (frame?.length ?? 0) > LARGE_BYTES]),
    [
      [7, true],
      [8, true],
    ],
  )
  assert.deepEqual(b.frames, [])
})

test('a message for whose verdict there is no room is not announced as not wanted: it is to come again', () => {
  const { promise } = Promise.withResolvers<Verdict>()
  const { router, a, b } = scene()
  router.allow(TOPIC, plainRules({ messageClass: 'other', check: () => promise }))
  for (let number = 0; number < MAX_PENDING_VERDICTS; number++) {
    const data = Buffer.alloc(60)
    data.writeUInt32LE(number)
    void router.handleReceivedRpc(a.peerId, { subscriptions: [], messages: [{ topic: TOPIC, data }] })
  }
  receive(router, a, 7)
  assert.deepEqual(unwantedBy(b), [])
})

test('an IDONTWANT counts if it went, whatever became of its message', async () => {
  const { router, a, b, c, d, explicit } = scene()
  for (const peer of [b, c]) peer.rawStream.writeBufferLength = STREAM_WATERMARK_BYTES
  const sentTo = (id: string) => router.streamsOutbound.get(id) ?? assert.fail('no stream')
  const broken = (): never => {
    throw new Error('gone')
  }
  // Its message waits, and is lost later.
  sentTo(c.id).pushPrefixed = broken
  sentTo(d.id).pushTogether = broken
  await refuse(router, explicit, 7)
  receive(router, a, 7)
  assert.deepEqual([b, c, d, explicit].map(unwantedBy), [[7], [], [], [7]])
  assert.equal(router.wireView().control.find(({ control }) => control === 'idontwant')?.sentMessages, 2)
})

test('of a peer that we do not listen to no IDONTWANT is heeded, and it is counted all the same', () => {
  const { router, a, b } = scene()
  router.score.params.appSpecificScore = (peerId) => (peerId === b.id ? -1e6 : 0)
  router.score.scoreCache.clear()
  void refuse(router, b, 7)
  void refuse(router, a, 7)
  assert.deepEqual([router.idontwants.get(b.id)?.size ?? 0, router.idontwants.get(a.id)?.size], [0, 1])
  const row = router.wireView().control.find(({ control }) => control === 'idontwant')
  assert.deepEqual([row?.receivedMessages, row?.receivedIds], [2, 2])
})

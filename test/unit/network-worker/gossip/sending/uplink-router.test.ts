/** A router that was told what its uplink carries: who gets a block when, and what becomes of those who have it by then. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { MessageClass } from '../../../../../src/network-worker/gossip/message-class.ts'
import type { RelayRouter } from '../../../../../src/network-worker/gossip/router/relay-router.ts'
import type { FakeClock } from '../../../../support/fake-clock.ts'
import {
  addPeer,
  controlRpc,
  type FakePeer,
  names,
  OTHER_TOPIC,
  plainRules,
  routerScene,
  type SceneOptions,
  TOPIC,
} from '../router/router-scene.ts'

/** 1,000 bytes a millisecond. */
const MBITS = 8
const BLOCK_BYTES = 20_000
/** A block's copy on the line. */
const COPY_MS = 22
const VOTE_BYTES = 200

function messagesTo({ frames }: FakePeer): (number | undefined)[] {
  const prefixBytes = (frame: Uint8Array): number => frame.findIndex((byte) => byte < 0x80) + 1
  const rpcs = frames.map((frame) => RPC.decode(frame.subarray(prefixBytes(frame))))
  return rpcs.flatMap(({ messages }) => messages.map(({ data }) => data?.[0]))
}

function isTold({ frames }: FakePeer): boolean {
  return frames.some((frame) => frame.length < 128)
}

function receive(router: RelayRouter, { peerId }: FakePeer, seed: number, bytes: number, topic = TOPIC): void {
  const data = new Uint8Array(bytes).fill(seed)
  void router.handleReceivedRpc(peerId, { subscriptions: [], messages: [{ topic, data }] })
}

/** How many of the peers have the message of that seed, each time that the time of a copy has passed. */
function arrivals(clock: FakeClock, peers: readonly FakePeer[], seed: number, times: number): number[] {
  const have = (): number => peers.filter((peer) => messagesTo(peer).includes(seed)).length
  const seen = [have()]
  for (let count = 1; count < times; count++) {
    clock.advance(COPY_MS)
    seen.push(have())
  }
  return seen
}

function scene(otherClass: MessageClass = 'attestation', options: SceneOptions = { uplinkMbits: MBITS }) {
  const all = routerScene(options)
  const { router } = all
  router.allow(TOPIC, plainRules())
  router.allow(OTHER_TOPIC, plainRules({ messageClass: otherClass }))
  const topics = [TOPIC, OTHER_TOPIC]
  const [source, ...receivers] = names(5).map((name) => addPeer(router, name, { topics }))
  assert.ok(source !== undefined)
  for (const topic of topics) router.join(topic)
  return { ...all, source, receivers }
}

test('a block goes to one peer after the other as the line carries it, and all are told of it at once', () => {
  const { router, clock, stats, source, receivers } = scene()
  receive(router, source, 1, BLOCK_BYTES)
  assert.ok(receivers.every(isTold))
  assert.deepEqual(arrivals(clock, receivers, 1, 5), [1, 2, 3, 4, 4])
  const { messages, bytes } = router.wireView().uplinkWaited
  assert.equal(messages, 3)
  assert.ok(bytes > 3 * BLOCK_BYTES && bytes < 3 * BLOCK_BYTES + 300, `${bytes} bytes`)
  assert.equal(stats.counters().forwardedMessages, 4)
  assert.equal(clock.pending, 0)
})

test('a router that was not told sends all of them at once', () => {
  const { router, clock, source, receivers } = scene('attestation', {})
  receive(router, source, 1, BLOCK_BYTES)
  assert.deepEqual(arrivals(clock, receivers, 1, 1), [4])
  assert.deepEqual(router.wireView().uplinkWaited, { messages: 0, bytes: 0 })
})

test('a block overtakes the columns that wait', () => {
  const { router, clock, source, receivers } = scene('sidecar')
  receive(router, source, 1, BLOCK_BYTES, OTHER_TOPIC)
  receive(router, source, 2, BLOCK_BYTES)
  assert.deepEqual(arrivals(clock, receivers, 2, 5), [0, 1, 2, 3, 4])
  assert.equal(receivers.filter((peer) => messagesTo(peer).includes(1)).length, 1)
  assert.deepEqual(arrivals(clock, receivers, 1, 4), [1, 2, 3, 4])
})

test('what a peer has by the time that its turn comes it is not sent', () => {
  const { router, clock, source, receivers } = scene()
  receive(router, source, 1, BLOCK_BYTES)
  const [second, third, last] = receivers.filter((peer) => messagesTo(peer).length === 0)
  assert.ok(second !== undefined && third !== undefined && last !== undefined)
  void router.handleReceivedRpc(
    second.peerId,
    controlRpc({ idontwant: [{ messageIDs: [new Uint8Array(20).fill(1)] }] }),
  )
  receive(router, third, 1, BLOCK_BYTES)
  clock.advance(4 * COPY_MS)
  assert.deepEqual([second, third, last].map(messagesTo), [[], [], [1]])
  assert.equal(router.wireView().sparedSent.messages, 2)
})

test('a peer that left does not hold up the others', () => {
  const { router, clock, source, receivers } = scene()
  receive(router, source, 1, BLOCK_BYTES)
  const [second, ...others] = receivers.filter((peer) => messagesTo(peer).length === 0)
  assert.ok(second !== undefined)
  router.removePeer(second.peerId)
  clock.advance(2 * COPY_MS)
  assert.deepEqual(others.map(messagesTo), [[1], [1]])
})

test('votes wait behind a block and leave together', () => {
  const { router, clock, source, receivers } = scene()
  receive(router, source, 1, BLOCK_BYTES)
  for (const seed of [2, 3, 4]) receive(router, source, seed, VOTE_BYTES, OTHER_TOPIC)
  assert.ok(receivers.every((peer) => !messagesTo(peer).includes(2)))
  clock.advance(4 * COPY_MS)
  for (const peer of receivers) {
    const [told, block, votes, ...more] = peer.frames
    assert.ok(told !== undefined && block !== undefined && votes !== undefined)
    assert.deepEqual([messagesTo(peer), more], [[1, 2, 3, 4], []])
  }
  assert.equal(router.wireView().uplinkWaited.messages, 3, 'votes are not counted: they wait for company anyway')
})

test('while copies wait the metrics tell of their bytes', () => {
  const { router, clock, source } = scene()
  receive(router, source, 1, BLOCK_BYTES)
  const { uplinkWaited, uplinkWaitingBytes } = router.wireView()
  assert.equal(uplinkWaitingBytes, uplinkWaited.bytes)
  clock.advance(4 * COPY_MS)
  assert.equal(router.wireView().uplinkWaitingBytes, 0)
})

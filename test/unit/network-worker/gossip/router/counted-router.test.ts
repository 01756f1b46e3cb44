/** What the router says of its own traffic, with peers whose streams are in the test's hands. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import { prefixWithLength } from '../../../../../src/network-worker/gossip/wire/length-prefix.ts'
import { kindIndex } from '../../../../../src/network-worker/stats/kind-traffic.ts'
import type { ControlTraffic, GossipWireView } from '../../../../../src/rpc/metrics-view.ts'
import {
  addPeer,
  controlRpc,
  graftRpc,
  names,
  OTHER_TOPIC,
  plainRules,
  pruneRpc,
  punish,
  routerScene,
  TOPIC,
} from './router-scene.ts'

/** How long a peer has to send what it announced: gossipsub's iwantFollowupTime, and a bit. */
const PROMISE_MS = 3_100

function idOf(seed: number): Uint8Array {
  return new Uint8Array(20).fill(seed)
}

function controlOf({ control }: GossipWireView, kind: string): ControlTraffic | undefined {
  return control.find((row) => row.control === kind)
}

/** Received messages and ids, then sent ones. */
function figures(view: GossipWireView, kind: string): readonly (number | undefined)[] {
  const row = controlOf(view, kind)
  return [row?.receivedMessages, row?.receivedIds, row?.sentMessages, row?.sentIds]
}

test('each kind of control message is counted as it comes, with the ids in it', async () => {
  const { router } = routerScene()
  const { peerId } = addPeer(router, 'a')
  const everything = controlRpc({
    ihave: [
      { topicID: TOPIC, messageIDs: [idOf(1), idOf(2)] },
      { topicID: OTHER_TOPIC, messageIDs: [idOf(3)] },
    ],
    iwant: [{ messageIDs: [idOf(4)] }],
    graft: [{ topicID: TOPIC }, { topicID: OTHER_TOPIC }],
    prune: [{ topicID: TOPIC, peers: [] }],
    idontwant: [{ messageIDs: [idOf(5), idOf(6), idOf(7)] }],
  })
  await router.handleReceivedRpc(peerId, everything)
  await router.handleReceivedRpc(peerId, { subscriptions: [], messages: [] })
  const expected = { ihave: [2, 3], iwant: [1, 1], graft: [2, 0], prune: [1, 0], idontwant: [1, 3] }
  for (const [kind, received] of Object.entries(expected)) {
    assert.deepEqual(figures(router.wireView(), kind), [...received, 0, 0], kind)
  }
})

test('what goes out is counted when it went out: by itself, as an answer, to many at once', async () => {
  const { router } = routerScene()
  const [first, second, third] = names(3).map((name) => addPeer(router, name))
  assert.ok(first !== undefined && second !== undefined && third !== undefined)
  router.join(TOPIC)
  assert.deepEqual(figures(router.wireView(), 'graft'), [0, 0, 3, 0])
  assert.equal(await router.cutLink(first.id, TOPIC, 'manual'), true)
  assert.deepEqual(figures(router.wireView(), 'prune'), [0, 0, 1, 0])

  const idontwant = { ...controlRpc({ idontwant: [{ messageIDs: [idOf(1), idOf(2)] }] }) }
  router.streamsOutbound.delete(third.id)
  const receivers = new Set([first.id, second.id, third.id])
  router.sendRpcInBatch(receivers, idontwant)
  assert.deepEqual(figures(router.wireView(), 'idontwant'), [0, 0, 2, 4])
  assert.equal(router.sendRpc(third.id, graftRpc(TOPIC)), false)
  assert.deepEqual(figures(router.wireView(), 'graft'), [0, 0, 3, 0])
  assert.equal(router.sendRpc(second.id, pruneRpc(10, TOPIC, OTHER_TOPIC)), true)
  assert.deepEqual(figures(router.wireView(), 'prune'), [0, 0, 3, 0])
})

test('bytes and RPCs are those of the frames, prefixes included, both ways', () => {
  const { router } = routerScene()
  const peer = addPeer(router, 'a')
  const rpcs = [
    graftRpc(TOPIC),
    controlRpc({ iwant: [{ messageIDs: Array.from({ length: 700 }, (_, i) => idOf(i)) }] }),
  ]
  let bytes = 0
  for (const rpc of rpcs) {
    const encoded = RPC.encode(rpc)
    const frame = prefixWithLength(encoded)
    bytes += frame.length
    router.decodeRpc(encoded)
    router.streamsOutbound.get(peer.id)?.pushPrefixed(frame)
  }
  assert.throws(() => router.decodeRpc(new Uint8Array(40).fill(0xff)))
  const { receivedRpcs, receivedBytes, sentRpcs, sentBytes } = router.wireView()
  assert.deepEqual([receivedRpcs, receivedBytes, sentRpcs, sentBytes], [3, bytes + 41, 2, bytes])
})

test('a frame that a broken stream did not take is none', () => {
  const { router } = routerScene()
  addPeer(router, 'a')
  const stream = router.streamsOutbound.get('a') ?? assert.fail('no stream')
  stream.pushPrefixed = () => {
    throw new Error('gone')
  }
  router.streamsOutbound.set('a', stream)
  assert.throws(() => stream.pushPrefixed(new Uint8Array(10)), /gone/)
  assert.equal(router.wireView().sentRpcs, 0)
})

test('what was announced and asked for is a promise: kept when it comes, broken when it does not', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  const { router, stats } = routerScene()
  const peers = names(2).map((name) => addPeer(router, name))
  router.allow(TOPIC, plainRules({ kind: kindIndex('beacon_block') }))
  router.join(TOPIC)
  const data = new Uint8Array(300).fill(9)
  const announcements = [idOf(1), data.slice(0, 20)]
  for (const [index, peer] of peers.entries()) {
    const messageIDs = announcements.slice(index, index + 1)
    await router.handleReceivedRpc(peer.peerId, controlRpc({ ihave: [{ topicID: TOPIC, messageIDs }] }))
  }
  assert.deepEqual(figures(router.wireView(), 'iwant'), [0, 0, 2, 2])
  assert.equal(router.wireView().cacheEntries['promise'], 2)
  const second = peers[1] ?? assert.fail('no peer')
  for (let copy = 0; copy < 2; copy++) {
    await router.handleReceivedRpc(second.peerId, {
      subscriptions: [],
      messages: [{ topic: TOPIC, data: data.slice() }],
    })
  }
  assert.equal(router.wireView().cacheEntries['promise'], 1)
  assert.equal(stats.traffic.rows()[kindIndex('beacon_block')]?.duplicateMessages, 1)
  t.mock.timers.setTime(Date.now() + PROMISE_MS)
  assert.equal(router.wireView().brokenPromises, 0)
  await router.heartbeat()
  const { brokenPromises, cacheEntries } = router.wireView()
  assert.deepEqual([brokenPromises, cacheEntries['promise']], [1, 0])

  const asked = second.control.length
  await router.handleReceivedRpc(second.peerId, controlRpc({ iwant: [{ messageIDs: [data.slice(0, 20), idOf(8)] }] }))
  const answer = second.control.slice(asked).flatMap(({ messages }) => messages)
  assert.equal(answer.length, 1)
  assert.equal(router.wireView().iwantAnswers, 1)
})

test('what gossipsub keeps is counted entry by entry', async () => {
  const { router } = routerScene()
  const [first] = names(3).map((name) => addPeer(router, name, { topics: [TOPIC, OTHER_TOPIC] }))
  assert.ok(first !== undefined)
  router.allow(TOPIC, plainRules())
  router.join(TOPIC)
  for (const topic of [TOPIC, OTHER_TOPIC]) router.addBackoff('peer-000', topic)
  router.addBackoff('peer-001', TOPIC)
  router.seenCache.put('ab'.repeat(20))
  await router.handleReceivedRpc(first.peerId, { subscriptions: [], messages: [{ topic: TOPIC, data: idOf(1) }] })
  router.idontwants.set('peer-000', new Map([['x', 1]]))
  assert.deepEqual(router.wireView().cacheEntries, {
    ...{ message: 1, seen_id: 2, fast_id: 1, peer: 3, stream: 3, topic: 2 },
    ...{ backoff: 3, idontwant: 1, promise: 0, score: 3 },
  })
})

test('peers are in the band that their score of this moment puts them in', () => {
  const { router, trusted } = routerScene()
  for (const name of names(4)) addPeer(router, name)
  router.join(TOPIC)
  punish(router, 'peer-001')
  const penalty = router.score.score('peer-001')
  assert.ok(penalty < 0 && penalty > -4000)
  const bands = () => router.wireView().peersByBand
  const none = { graylisted: 0, below_publish: 0, below_gossip: 0, negative: 0, zero: 0, positive: 0 }
  assert.deepEqual(bands(), { ...none, negative: 1, zero: 3 })
  trusted.add('peer-001')
  assert.deepEqual(bands(), { ...none, zero: 4 })
})

/** Messages that wait, for their turn or for a verdict, while their peers, or we, change. Turns and time are by hand. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import { idPrefix } from '../../../../../src/consensus/message-id.ts'
import { compressBlock } from '../../../../../src/consensus/snappy/snappy-block.ts'
import { LANE_MESSAGES, SLICE_MS } from '../../../../../src/network-worker/gossip/arrival/inbound-lane.ts'
import { PayloadOpener } from '../../../../../src/network-worker/gossip/arrival/payload-opener.ts'
import type { TopicRules } from '../../../../../src/network-worker/gossip/topics/topic-rules.ts'
import type { Verdict } from '../../../../../src/network-worker/validation/verdict.ts'
import {
  addPeer,
  controlRpc,
  type FakePeer,
  names,
  plainRules,
  routerScene,
  SCHEDULE,
  TOPIC,
} from '../router/router-scene.ts'

/** What lies in front of a payload. */
const PREFIX_BYTES = idPrefix(TOPIC, SCHEDULE.at(0).fork).length

function message(seed: number, bytes = 60): RPC.Message {
  return { topic: TOPIC, data: new Uint8Array(bytes).fill(seed) }
}

function asked(seed: number): RPC {
  return controlRpc({ ihave: [{ topicID: TOPIC, messageIDs: [new Uint8Array(20).fill(seed)] }] })
}

/** Three peers in the mesh of a topic of attestations, of which each takes all of a slice. */
function scene(changes: Partial<TopicRules> = {}) {
  let turns: (() => void)[] = []
  const all = routerScene({ nextTurn: (run) => void turns.push(run) })
  const judged: number[] = []
  const check = (payload: Uint8Array): Verdict => {
    judged.push(payload[0] ?? 0)
    all.clock.advance(SLICE_MS)
    return { action: 'accept' }
  }
  all.router.allow(TOPIC, plainRules({ messageClass: 'attestation', check, ...changes }))
  const [a, b, c] = names(3).map((name) => addPeer(all.router, name))
  assert.ok(a !== undefined && b !== undefined && c !== undefined)
  all.router.join(TOPIC)
  const endTurn = (): void => {
    const due = turns
    turns = []
    for (const run of due) run()
  }
  const receive = ({ peerId }: FakePeer, ...messages: RPC.Message[]): void =>
    void all.router.handleReceivedRpc(peerId, { subscriptions: [], messages })
  const invalidOf = ({ id }: FakePeer): number =>
    all.router.score.peerStats.get(id)?.topics[TOPIC]?.invalidMessageDeliveries ?? 0
  return { ...all, judged, a, b, c, endTurn, receive, invalidOf }
}

test('what waits of a peer that is graylisted meanwhile is not opened, unless another sent it too', () => {
  const { router, judged, a, b, c, endTurn, receive } = scene()
  receive(a, message(1), message(2), message(3), message(2))
  receive(b, message(3))
  const scoreOf = router.score.score.bind(router.score)
  router.score.score = (peerId) => (peerId === a.id ? -1_000_000 : scoreOf(peerId))
  for (let turn = 0; turn < 4; turn++) endTurn()
  assert.deepEqual([judged, router.waitingMessages], [[1, 3], 0])
  receive(c, message(2))
  endTurn()
  endTurn()
  assert.deepEqual(judged, [1, 3, 2], 'it may come again')
})

test('a message too long to be of its class does not wait, and displaces nothing', () => {
  const { router, invalidOf, a, b, receive } = scene({
    open: (data) =>
      data.length > 100 ? { ok: false, reason: 'snappy_compressed_too_long' } : { ok: true, bytes: data },
  })
  receive(a, message(1), message(2))
  receive(b, message(3, 10_000_000))
  assert.deepEqual([router.waitingMessages, invalidOf(b)], [1, 1])
})

test('long messages of an RPC that has taken long wait for another turn, whatever their class; the first do not', () => {
  const { judged, a, b, endTurn, receive, clock, router } = scene({
    messageClass: 'block',
    open: (bytes) => {
      clock.advance(6)
      return { ok: true, bytes }
    },
  })
  const block = (seed: number): RPC.Message => message(seed, 100_000)
  receive(a, block(1), block(2), block(3), block(4), block(5))
  assert.deepEqual(judged, [1, 2, 3], 'the lane has a slice of its own in each turn')
  assert.equal(router.waitingMessages, 2)
  receive(b, block(9))
  assert.deepEqual(judged, [1, 2, 3, 9], 'that of another peer does not wait')
  for (let turn = 0; turn < 3; turn++) endTurn()
  assert.deepEqual(judged, [1, 2, 3, 9, 4, 5])
})

test('a fault of ours before the id is known does not hide the copies', () => {
  let opened = 0
  const { a, b, endTurn, receive } = scene({
    open: (data) => {
      if (++opened === 2) throw new Error('a fault of ours')
      return { ok: true, bytes: data }
    },
  })
  receive(a, message(1), message(2))
  endTurn()
  receive(b, message(2))
  endTurn()
  endTurn()
  assert.equal(opened, 3)
})

test('a promise is kept as soon as the message comes to be judged, and what is judged holds nothing else', () => {
  const { promise } = Promise.withResolvers<Verdict>()
  const { router, a, receive } = scene({ check: () => promise })
  void router.handleReceivedRpc(a.peerId, asked(1))
  assert.equal(router.gossipTracer.promises.size, 1)
  const read = new Uint8Array(64 * 1024).fill(1)
  const pending = { topic: TOPIC, data: read.subarray(0, 60) }
  receive(a, pending)
  assert.equal(router.gossipTracer.promises.size, 0)
  assert.ok(pending.data.buffer.byteLength <= 32 * 1024)
})

test('a verdict that comes after a stop, or once the topic was left, passes nothing on', async () => {
  for (const end of ['stop', 'leave'] as const) {
    const verdict = Promise.withResolvers<Verdict>()
    const heard: Verdict[] = []
    const rules = { check: () => verdict.promise, onVerdict: (given: Verdict) => void heard.push(given) }
    const { router, a, b, receive } = scene(rules)
    receive(a, message(1))
    if (end === 'leave') router.disallow(TOPIC)
    else void router.stop().catch(() => undefined)
    verdict.resolve({ action: 'accept' })
    await new Promise((done) => setImmediate(done))
    assert.deepEqual([heard.length, b.frames.length, router.mcache.msgs.size], [0, 0, 0], end)
  }
})

test('a promise that is overdue while its message may wait with us is held against nobody', (t) => {
  for (const [waitedMs, broken] of [
    [500, 1],
    [1500, 0],
  ] as const) {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const { router, clock, a, b, receive } = scene()
    void router.handleReceivedRpc(b.peerId, asked(250))
    receive(a, message(1), message(2))
    assert.equal(router.waitingMessages, 1)
    clock.advance(waitedMs)
    t.mock.timers.tick(60_000)
    assert.equal(router.gossipTracer.getBrokenPromises().get(b.id) ?? 0, broken)
    assert.equal(router.gossipTracer.promises.size, 0)
    t.mock.timers.reset()
  }
})

test('a peer that floods does not take with it what another sent too', () => {
  const { router, stats, judged, a, b, endTurn, receive } = scene()
  const numbered = (n: number): RPC.Message => {
    const data = new Uint8Array(60)
    new DataView(data.buffer).setUint32(20, n)
    return { topic: TOPIC, data }
  }
  receive(a, message(1), message(2))
  receive(b, message(2))
  receive(a, ...Array.from({ length: LANE_MESSAGES + 10 }, (_, n) => numbered(n)))
  assert.equal(stats.drops.get('inbound_full:attestation'), 11)
  assert.equal(router.waitingMessages, LANE_MESSAGES)
  endTurn()
  endTurn()
  assert.ok(judged.includes(2))
})

test('when messages are dropped nobody is blamed for what was asked for', () => {
  const { router, stats, a, b, receive } = scene()
  void router.handleReceivedRpc(b.peerId, asked(250))
  assert.equal(router.gossipTracer.promises.size, 1)
  const numbered = (n: number): RPC.Message => {
    const data = new Uint8Array(60)
    new DataView(data.buffer).setUint32(20, n)
    return { topic: TOPIC, data }
  }
  receive(a, ...Array.from({ length: LANE_MESSAGES + 1 }, (_, n) => numbered(n)))
  assert.equal(router.gossipTracer.promises.size, 1)
  receive(a, numbered(LANE_MESSAGES + 1))
  assert.equal(stats.drops.get('inbound_full:attestation'), 1)
  assert.equal(router.gossipTracer.promises.size, 0)
})

for (const length of [4000, 4096 - PREFIX_BYTES, 4097 - PREFIX_BYTES, 4096, 4097, 120_000]) {
  test(`a payload of ${length} bytes that waits for its verdict is the one that came, whatever was opened meanwhile`, async () => {
    const entry = SCHEDULE.at(0)
    const opener = new PayloadOpener({ topic: TOPIC, entry, minSszBytes: 0, maxSszBytes: 1_000_000 })
    const verdict = Promise.withResolvers<Verdict>()
    const heard: number[] = []
    const { a, receive } = scene({
      messageClass: 'block',
      open: (data) => opener.open(data),
      idOf: (payload) => opener.idOf(payload),
      check: (payload) => (payload[0] === 1 ? verdict.promise : { action: 'accept' }),
      onVerdict: (_verdict, payload) => void heard.push(payload[0] ?? 0, payload.at(-1) ?? 0, payload.length),
    })
    for (const first of [1, 2]) {
      receive(a, { topic: TOPIC, data: compressBlock(new Uint8Array(length).fill(first)) })
    }
    assert.deepEqual(heard, [2, 2, length])
    verdict.resolve({ action: 'accept' })
    await new Promise((done) => setImmediate(done))
    assert.deepEqual(heard.slice(3), [1, 1, length])
  })
}

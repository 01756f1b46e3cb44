/** The way in of a message: what is judged, what is told to the scores, and what of it is the sender's fault. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { TopicScoreStats } from '../../../../../src/network-worker/gossip/router/gossipsub-score.ts'
import type { RelayRouter } from '../../../../../src/network-worker/gossip/router/relay-router.ts'
import type { TopicRules } from '../../../../../src/network-worker/gossip/topics/topic-rules.ts'
import type { Verdict } from '../../../../../src/network-worker/validation/verdict.ts'
import {
  addPeer,
  controlRpc,
  type FakePeer,
  names,
  plainRules,
  punish,
  routerScene,
  TOPIC,
} from '../router/router-scene.ts'

function message(seed: number, bytes = 60): RPC.Message {
  return { topic: TOPIC, data: new Uint8Array(bytes).fill(seed) }
}

function idOf(seed: number): string {
  return Buffer.alloc(20, seed).toString('hex')
}

function receive(router: RelayRouter, { peerId }: FakePeer, ...messages: RPC.Message[]): Promise<void> {
  return router.handleReceivedRpc(peerId, { subscriptions: [], messages })
}

function statsOf(router: RelayRouter, { id }: FakePeer): TopicScoreStats | undefined {
  return router.score.peerStats.get(id)?.topics[TOPIC]
}

const ACCEPT: Verdict = { action: 'accept' }

/** Four peers in the mesh of a topic with these checks. */
function scene(check: TopicRules['check'] = () => ({ action: 'accept' })) {
  const all = routerScene()
  const verdicts: Verdict[] = []
  all.router.allow(TOPIC, plainRules({ check, onVerdict: (verdict) => void verdicts.push(verdict) }))
  const [a, b, c, d] = names(4).map((name) => addPeer(all.router, name))
  assert.ok(a !== undefined && b !== undefined && c !== undefined && d !== undefined)
  all.router.join(TOPIC)
  return { ...all, verdicts, a, b, c, d }
}

/** A verdict that the test gives when it likes. */
function laterVerdict() {
  const { promise, resolve, reject } = Promise.withResolvers<Verdict>()
  const settle = async (give: () => void): Promise<void> => {
    give()
    await new Promise((done) => setImmediate(done))
  }
  return {
    check: () => promise,
    give: (verdict: Verdict) => settle(() => resolve(verdict)),
    fail: () => settle(() => reject(new Error('the pool is gone'))),
  }
}

test('a message is forwarded before the call that brought it returns', () => {
  const { router, a, b, c, d } = scene()
  void receive(router, a, message(1))
  assert.deepEqual(
    [a, b, c, d].map(({ frames }) => frames.length),
    [0, 1, 1, 1],
  )
})

test('a copy is counted for its sender, once, and goes no further', () => {
  const { router, stats, verdicts, a, b } = scene()
  void receive(router, a, message(1), message(1))
  void receive(router, b, message(1), message(1))
  assert.equal(verdicts.length, 1)
  assert.equal(stats.counters().duplicateMessages, 3)
  assert.equal(statsOf(router, a)?.firstMessageDeliveries, 1)
  assert.deepEqual([statsOf(router, b)?.firstMessageDeliveries, statsOf(router, b)?.meshMessageDeliveries], [0, 1])
})

test('equal payloads in other bytes are one message', () => {
  const { router, stats, verdicts, a, b } = scene()
  void receive(router, a, message(1, 60))
  void receive(router, b, message(1, 61))
  assert.deepEqual([verdicts.length, stats.counters().duplicateMessages], [1, 1])
})

test('from a graylisted peer nothing is heard, though it is counted as received', () => {
  const { router, stats, verdicts, a } = scene()
  for (let times = 0; times < 5; times++) punish(router, a.id)
  router.score.score = () => -1_000_000
  void receive(router, a, message(1))
  assert.deepEqual([verdicts.length, stats.counters().receivedMessages], [0, 1])
})

for (const field of ['from', 'seqno', 'signature', 'key'] as const) {
  test(`a message that tells its author by ${field} is invalid, and held against its sender`, () => {
    const { router, verdicts, a, b } = scene()
    void receive(router, a, { ...message(1), [field]: new Uint8Array() })
    assert.deepEqual([verdicts.length, b.frames.length], [0, 0])
    assert.equal(statsOf(router, a)?.invalidMessageDeliveries, 1)
  })
}

test('a refused message costs its sender and those of its copies; an ignored one nobody', () => {
  for (const [action, cost] of [
    ['reject', 1],
    ['ignore', 0],
  ] as const) {
    const { router, a, b, c } = scene(() => ({ action, reason: 'bad_layout' }))
    void receive(router, a, message(1))
    void receive(router, b, message(1))
    assert.deepEqual([statsOf(router, a)?.invalidMessageDeliveries ?? 0, c.frames.length], [cost, 0], action)
    assert.equal(statsOf(router, b)?.invalidMessageDeliveries ?? 0, cost, action)
    assert.equal(router.mcache.msgs.size, 0)
  }
})

test('a check that fails lets nothing pass and blames nobody', () => {
  const { router, a, b } = scene(() => {
    throw new Error('a fault of ours')
  })
  void receive(router, a, message(1), message(2))
  assert.deepEqual([statsOf(router, a)?.invalidMessageDeliveries ?? 0, b.frames.length], [0, 0])
})

test('a promised verdict: others pass meanwhile, and who sent copies gets none', async () => {
  const later = laterVerdict()
  const { router, verdicts, stats, a, b, c, d } = scene(later.check)
  void receive(router, a, message(1))
  void receive(router, b, message(1))
  assert.deepEqual([verdicts.length, c.frames.length, router.mcache.msgs.size], [0, 0, 0])
  assert.equal(statsOf(router, b)?.meshMessageDeliveries ?? 0, 0)
  await later.give({ action: 'accept' })
  assert.deepEqual(
    [a, b, c, d].map(({ frames }) => frames.length),
    [0, 0, 1, 1],
  )
  assert.equal(statsOf(router, a)?.firstMessageDeliveries, 1, 'once, though the verdict came late')
  assert.equal(statsOf(router, b)?.meshMessageDeliveries, 1)
  assert.deepEqual([verdicts.length, stats.counters().duplicateMessages], [1, 1])
})

test('a promised refusal is held against the sender and those of the copies', async () => {
  const later = laterVerdict()
  const { router, a, b, c } = scene(later.check)
  void receive(router, a, message(1))
  void receive(router, b, message(1))
  await later.give({ action: 'reject', reason: 'bad_layout' })
  void receive(router, c, message(1))
  assert.deepEqual(
    [a, b, c].map((peer) => statsOf(router, peer)?.invalidMessageDeliveries),
    [1, 1, 1],
  )
  assert.equal(router.mcache.msgs.size, 0)
})

test('a verdict on a message whose sender has left is held against those who are there', async () => {
  for (const verdict of [ACCEPT, { action: 'reject', reason: 'bad_signature' }] as const) {
    const later = laterVerdict()
    const { router, verdicts, a, b, c } = scene(later.check)
    void receive(router, a, message(1))
    void receive(router, b, message(1))
    router.removePeer(a.peerId)
    await later.give(verdict)
    const isRefused = verdict.action === 'reject'
    assert.deepEqual([verdicts.length, c.frames.length], [1, isRefused ? 0 : 1])
    assert.equal(statsOf(router, b)?.invalidMessageDeliveries ?? 0, isRefused ? 1 : 0)
  }
})

test('a verdict that never comes to be is a message ignored', async () => {
  const later = laterVerdict()
  const { router, a, b } = scene(later.check)
  void receive(router, a, message(1))
  await later.fail()
  assert.deepEqual([statsOf(router, a)?.invalidMessageDeliveries ?? 0, b.frames.length], [0, 0])
})

test('what was asked for and comes, first or as a copy, is a promise kept', async () => {
  for (const first of [false, true]) {
    const { router, a, b } = scene()
    await router.handleReceivedRpc(
      a.peerId,
      controlRpc({ ihave: [{ topicID: TOPIC, messageIDs: [Buffer.from(idOf(1), 'hex')] }] }),
    )
    assert.equal(router.gossipTracer.promises.size, 1)
    if (first) void receive(router, a, message(1))
    else void receive(router, b, message(1))
    assert.equal(router.gossipTracer.promises.size, 0)
  }
})

test('a large message is announced as not wanted whatever its verdict; a short one never', () => {
  const { router, a, b } = scene(() => ({ action: 'ignore', reason: 'past_slot' }))
  const limit = router.opts.idontwantMinDataSize
  void receive(router, a, message(1, limit))
  void receive(router, a, message(2, limit - 1))
  assert.deepEqual([b.frames.length, a.frames.length], [1, 0])
})

test('a message that waits for copies is not announced as not wanted, one whose verdict is promised is', async () => {
  const { promise } = Promise.withResolvers<Verdict>()
  const answers = [{ action: 'hold', settled: promise } as const, promise]
  const { router, a, b } = scene(() => answers.shift() ?? assert.fail('no more messages'))
  const limit = router.opts.idontwantMinDataSize
  void receive(router, a, message(1, limit))
  assert.equal(b.frames.length, 0)
  void receive(router, a, message(2, limit))
  assert.equal(b.frames.length, 1)
})

test('once it is accepted, what waited for copies is announced as not wanted; what is too early never is', async () => {
  const later = laterVerdict()
  const { router, a, b } = scene(() => ({ action: 'hold', settled: later.check() }))
  const limit = router.opts.idontwantMinDataSize
  void receive(router, a, message(1, limit))
  await later.give({ action: 'accept' })
  assert.equal(b.frames.length, 2, 'that we have it, and the message')

  const early = scene(() => ({ action: 'ignore', reason: 'future_slot' }))
  void receive(early.router, early.a, message(1, limit))
  assert.equal(early.b.frames.length, 0)
})

test('what came too early, or found no company, is judged anew when it comes again, in whatever bytes', async () => {
  for (const reason of ['future_slot', 'too_early', 'uncorroborated', 'corroboration_full'] as const) {
    const refusal: Verdict = { action: 'ignore', reason }
    const answers = [refusal, { action: 'hold', settled: Promise.resolve(refusal) } as const, ACCEPT]
    const { router, verdicts, a, b, c } = scene(() => answers.shift() ?? assert.fail('no more messages'))
    void receive(router, a, message(1))
    void receive(router, b, message(1, 61))
    void receive(router, a, message(1, 62))
    await new Promise((done) => setImmediate(done))
    assert.equal(router.seenCache.has(idOf(1)), false)
    // Bytes in which a copy came while it waited.
    void receive(router, a, message(1, 62))
    assert.deepEqual(verdicts, [refusal, refusal, ACCEPT], reason)
    assert.equal(c.frames.length, 1)
    assert.equal(statsOf(router, a)?.firstMessageDeliveries, 1)
    void receive(router, b, message(1))
    assert.equal(verdicts.length, 3)
  }
})

test('other refusals are final', () => {
  const { router, verdicts, a, b } = scene(() => ({ action: 'ignore', reason: 'too_many_variants' }))
  void receive(router, a, message(1))
  void receive(router, b, message(1))
  assert.equal(verdicts.length, 1)
})

test('when too many wait for their verdicts one more is dropped, unpunished, and judged when it comes again', () => {
  const { promise } = Promise.withResolvers<Verdict>()
  const { router, stats, a, b } = scene(() => promise)
  const numbered = (number: number): RPC.Message => {
    const data = Buffer.alloc(60)
    data.writeUInt32LE(number)
    return { topic: TOPIC, data }
  }
  for (let number = 0; number <= 16_384; number++) void receive(router, a, numbered(number))
  assert.equal(stats.counters().duplicateMessages, 0)
  void receive(router, b, numbered(7), numbered(16_384))
  assert.equal(stats.counters().duplicateMessages, 1)
  assert.equal(statsOf(router, a)?.invalidMessageDeliveries ?? 0, 0)
})

test('what the cache keeps does not hold on to what was read', () => {
  const { router, a, b } = scene()
  const read = new Uint8Array(64 * 1024).fill(1)
  void receive(router, a, { topic: TOPIC, data: read.subarray(100, 160) })
  const [cached] = router.mcache.msgs.values() as Iterable<{ message: RPC.Message }>
  const data = cached?.message.data ?? assert.fail('not cached')
  assert.deepEqual([...data], [...read.subarray(100, 160)])
  assert.ok(data.buffer.byteLength <= 32 * 1024)
  assert.equal(b.frames.length, 1)
})

test('subscriptions and control messages of the same RPC are upstream’s, after the messages', async () => {
  const { router, a, b } = scene()
  await router.handleReceivedRpc(a.peerId, {
    ...controlRpc({ prune: [{ topicID: TOPIC, peers: [], backoff: 60 }] }),
    messages: [message(1)],
  })
  assert.equal(b.frames.length, 1)
  assert.equal(router.mesh.get(TOPIC)?.has(a.id), false)
})

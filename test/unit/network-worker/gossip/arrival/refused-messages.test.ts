/** Who is told of when a message is refused: its sender, whatever else arrives in the same turn. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PeerId } from '@libp2p/interface'
import { compressSync } from 'snappy'
import { formatTopic, parseTopic } from '../../../../../src/consensus/topic.ts'
import { createFastMessageId } from '../../../../../src/network-worker/gossip/ids/fast-message-id.ts'
import { meshParameters } from '../../../../../src/network-worker/gossip/mesh/network-load.ts'
import { routerFactory, topicRules } from '../../../../../src/network-worker/gossip/router/create-router.ts'
import { type TopicContext, TopicDirectory } from '../../../../../src/network-worker/gossip/topics/topic-directory.ts'
import { GossipStats } from '../../../../../src/network-worker/stats/gossip-stats.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'
import { BARE_COMPONENTS, pretendStarted, SCHEDULE } from '../router/router-scene.ts'

const TOPIC = formatTopic(SCHEDULE.at(0).digestHex, 'voluntary_exit')
const BAD_BYTE = 0xbd

/** The router as the relay builds it, in one topic of 112 bytes, that refuses what begins with BAD_BYTE. */
async function scene() {
  const topics = new TopicDirectory()
  const parsed = parseTopic(TOPIC) ?? assert.fail(TOPIC)
  const context: TopicContext = {
    topic: TOPIC,
    parsed,
    entry: SCHEDULE.at(0),
    minSszBytes: 112,
    maxSszBytes: 112,
    policy: 'blind',
  }
  topics.add(context)
  const refused: [string | undefined, string][] = []
  const router = routerFactory({
    topics,
    schedule: SCHEDULE,
    fastMessageId: createFastMessageId(),
    mesh: meshParameters(5),
    scoring: { slotDurationMs: 12_000, slotsPerEpoch: 32 },
    exemptIps: new Set(),
    observer: new GossipStats(),
    clock: new FakeClock(Date.now()),
    onMesh: () => undefined,
    isTrusted: () => false,
    onOffence: () => undefined,
  })(BARE_COMPONENTS)
  pretendStarted(router)
  router.mesh.set(TOPIC, new Set())
  router.allow(
    TOPIC,
    topicRules(context, {
      check: (ssz) => (ssz[0] === BAD_BYTE ? { action: 'reject', reason: 'bad_layout' } : { action: 'accept' }),
      onVerdict: (verdict, _ssz, from) => {
        if (verdict.action === 'reject') refused.push([from.toString(), verdict.reason])
      },
      onUnreadable: (reason, from) => void refused.push([from, reason]),
    }),
  )
  const receive = (id: string, ...payloads: (Uint8Array | undefined)[]): Promise<void> =>
    router.handleReceivedRpc({ toString: () => id } as PeerId, {
      subscriptions: [],
      messages: payloads.map((data) => (data === undefined ? { topic: TOPIC } : { topic: TOPIC, data })),
    })
  return { receive, refused }
}

function payload(fill: number, bytes = 112): Uint8Array {
  return new Uint8Array(compressSync(Buffer.alloc(bytes, fill)))
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

test('each reason finds its peer, though the RPCs of several are on their way at once', async () => {
  const { receive, refused } = await scene()
  const corrupt = payload(1)
  corrupt.fill(0xff, 2)
  const all = [
    receive('good', payload(2), payload(3)),
    receive('long', payload(4, 113)),
    receive('verdict', payload(BAD_BYTE)),
    receive('short', payload(5, 111)),
    receive('corrupt', corrupt),
    receive('empty', new Uint8Array()),
    receive('without', undefined),
    receive('also good', payload(6)),
  ]
  await Promise.all(all)
  await settled()
  assert.deepEqual(Object.fromEntries(refused), {
    long: 'snappy_too_long',
    verdict: 'bad_layout',
    short: 'snappy_too_short',
    corrupt: 'snappy_corrupt',
    empty: 'snappy_bad_length',
    without: 'snappy_bad_length',
  })
  assert.equal(refused.length, 6)
})

test('a bad message of two peers is held against both, a good one of one RPC against nobody', async () => {
  const { receive, refused } = await scene()
  const bad = payload(1, 113)
  await receive('first', bad.slice(), payload(7))
  await receive('second', bad.slice())
  await settled()
  assert.deepEqual(refused, [
    ['first', 'snappy_too_long'],
    ['second', 'snappy_too_long'],
  ])
})

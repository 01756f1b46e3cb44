import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatTopic, parseTopic } from '../../../../../src/consensus/topic.ts'
import type { GossipsubInternals } from '../../../../../src/network-worker/gossip/router/gossipsub-internals.ts'
import { TopicScores } from '../../../../../src/network-worker/gossip/score/topic-scores.ts'
import { type TopicContext, TopicDirectory } from '../../../../../src/network-worker/gossip/topics/topic-directory.ts'
import { addPeer, MAINNET_SCORING, OTHER_TOPIC, routerScene, SCHEDULE, TOPIC } from '../router/router-scene.ts'

interface Counters {
  firstMessageDeliveries: number
  meshMessageDeliveries: number
  meshMessageDeliveriesActive: boolean
}

const DIGEST = SCHEDULE.at(0).digestHex
const NEXT_DIGEST = 'deadbeef'

function contextOf(topic: string): TopicContext {
  const parsed = parseTopic(topic) ?? assert.fail(topic)
  const entry = { ...SCHEDULE.at(0), digestHex: parsed.digestHex }
  return { topic, parsed, entry, minSszBytes: 0, maxSszBytes: 1, policy: 'blind' }
}

/** Scores over a real router, with all they depend on in the test's hands. */
function scene(...topics: string[]) {
  const { router } = routerScene()
  router.score.params.topics = {}
  const directory = new TopicDirectory()
  const now = { setting: { ...MAINNET_SCORING, activeValidators: null as number | null }, slot: 1_000_000, DIGEST }
  const scores = new TopicScores({
    directory,
    setting: () => now.setting,
    currentSlot: () => now.slot,
    currentDigestHex: () => now.DIGEST,
  })
  for (const context of topics.map(contextOf)) {
    directory.add(context)
    scores.install(router.score, context)
  }
  const params = (topic: string) => router.score.params.topics[topic] ?? assert.fail(`${topic} is not scored`)
  return { router, directory, now, scores, params, refresh: () => scores.refresh(router.score) }
}

/** Counters of a mesh peer that is past the activation of P3. */
function meshPeer(router: GossipsubInternals, id: string, topic: string): Counters {
  addPeer(router, id)
  router.score.deliverMessage(id, `${id} ${topic}`, topic)
  const stats = router.score.peerStats.get(id)?.topics as Record<string, Counters>
  const counters = stats[topic] ?? assert.fail('no counters')
  counters.meshMessageDeliveriesActive = true
  return counters
}

function scoreOf(router: GossipsubInternals, id: string): number {
  router.score.scoreCache.delete(id)
  return router.score.score(id)
}

test('a cap that shrinks takes the counters with it; one that grows leaves them', () => {
  const { router, now, params, refresh } = scene(TOPIC)
  const counters = meshPeer(router, 'peer', TOPIC)
  counters.firstMessageDeliveries = params(TOPIC).firstMessageDeliveriesCap
  now.setting = { ...now.setting, meshN: 40 }
  refresh()
  assert.equal(counters.firstMessageDeliveries, params(TOPIC).firstMessageDeliveriesCap)
  assert.ok(counters.firstMessageDeliveries < 7)
  const shrunk = counters.firstMessageDeliveries
  now.setting = { ...now.setting, meshN: 3 }
  refresh()
  assert.equal(counters.firstMessageDeliveries, shrunk)
})

test('fewer validators: caps of first and of mesh deliveries shrink, and so do the counters', () => {
  const { router, now, params, refresh } = scene(OTHER_TOPIC)
  now.setting = { ...now.setting, activeValidators: 1_000_000 }
  refresh()
  const counters = meshPeer(router, 'peer', OTHER_TOPIC)
  Object.assign(counters, { firstMessageDeliveries: 1500, meshMessageDeliveries: 1100 })
  now.setting = { ...now.setting, activeValidators: 100_000 }
  refresh()
  assert.equal(counters.firstMessageDeliveries, params(OTHER_TOPIC).firstMessageDeliveriesCap)
  assert.equal(counters.meshMessageDeliveries, params(OTHER_TOPIC).meshMessageDeliveriesCap)
})

test('validators made known: deliveries are expected from here on, not of the past', () => {
  const { router, now, params, refresh } = scene(OTHER_TOPIC)
  meshPeer(router, 'peer', OTHER_TOPIC)
  assert.ok(scoreOf(router, 'peer') > 0)
  now.setting = { ...now.setting, activeValidators: 1_000_000 }
  refresh()
  assert.ok(params(OTHER_TOPIC).meshMessageDeliveriesThreshold > 279)
  assert.ok(scoreOf(router, 'peer') >= 0, 'nobody is graylisted by a setting')
  for (let slot = 0; slot < 64; slot++) router.score.refreshScores()
  assert.ok(scoreOf(router, 'peer') < -16_000, 'a peer that then delivers nothing is')
})

test('a higher threshold forgives nobody who was below the old one', () => {
  const { router, now, refresh } = scene(OTHER_TOPIC)
  now.setting = { ...now.setting, activeValidators: 100_000 }
  refresh()
  const [good, bad] = [meshPeer(router, 'good', OTHER_TOPIC), meshPeer(router, 'bad', OTHER_TOPIC)]
  good.meshMessageDeliveries = 200
  bad.meshMessageDeliveries = 10
  now.setting = { ...now.setting, activeValidators: 1_000_000 }
  refresh()
  assert.ok(good.meshMessageDeliveries > 279)
  assert.equal(bad.meshMessageDeliveries, 10)
})

test('only topics of the digest in force count; at the fork the next ones do, and nobody pays for the change', () => {
  const next = formatTopic(NEXT_DIGEST, 'beacon_block')
  const { router, directory, now, params, refresh } = scene(TOPIC, next)
  assert.deepEqual([params(TOPIC).topicWeight, params(next).topicWeight], [0.5, 0])
  const counters = meshPeer(router, 'peer', TOPIC)
  const nextCounters = meshPeer(router, 'peer', next)
  nextCounters.meshMessageDeliveries = 0
  now.DIGEST = NEXT_DIGEST
  refresh()
  assert.deepEqual([params(TOPIC).topicWeight, params(next).topicWeight], [0, 0.5])
  assert.equal(nextCounters.meshMessageDeliveries, params(next).meshMessageDeliveriesThreshold)
  counters.meshMessageDeliveries = 0
  assert.ok(scoreOf(router, 'peer') >= 0)
  directory.remove(TOPIC)
  refresh()
  assert.equal(params(TOPIC).topicWeight, 0, 'kept for the peers that have counters')
  assert.doesNotThrow(() => router.score.removePeer('peer'))
})

test('a topic left under the digest in force keeps its weight: leaving it pardons nothing', () => {
  const { directory, params, refresh } = scene(TOPIC)
  directory.remove(TOPIC)
  refresh()
  assert.equal(params(TOPIC).topicWeight, 0.5)
  assert.equal(params(TOPIC).meshMessageDeliveriesWeight, -0.5)
})

test('the network comes of age: blocks are expected from slot 161 on', () => {
  const { now, params, refresh } = scene(TOPIC)
  now.slot = 160
  refresh()
  assert.equal(params(TOPIC).meshMessageDeliveriesThreshold, 0)
  now.slot = 161
  refresh()
  assert.ok(params(TOPIC).meshMessageDeliveriesThreshold > 0.68)
})

test('kinds that nobody scores get no parameters', () => {
  const { router } = scene(formatTopic(DIGEST, 'data_column_sidecar_3'))
  assert.deepEqual(router.score.params.topics, {})
})

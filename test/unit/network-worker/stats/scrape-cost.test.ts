import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addPeer, deliver, names, routerScene, TOPIC } from '../gossip/router/router-scene.ts'

const PEERS = 200
const TOPICS = 70
/** Ten times what it takes, so that only another order of growth reaches it. */
const MAX_MS = 25

test('reading all of it with 200 peers in 70 topics takes the network thread a few milliseconds at most', () => {
  const { router } = routerScene()
  const topics = [TOPIC, ...names(TOPICS - 1, 'topic')]
  const params = router.score.params.topics[TOPIC] ?? assert.fail('no parameters')
  for (const topic of topics) router.score.params.topics[topic] = params
  for (const name of names(PEERS)) {
    addPeer(router, name, { topics })
    for (const topic of topics) {
      deliver(router, name, 1, topic)
      router.addBackoff(name, topic)
    }
  }
  // Scores that upstream has at hand are cheaper: here none is. The quickest counts: others have the machine at times.
  const readingsMs = Array.from({ length: 9 }, () => {
    router.score.scoreCache.clear()
    const startMs = performance.now()
    assert.equal(router.wireView().cacheEntries['backoff'], PEERS * TOPICS)
    return performance.now() - startMs
  })
  const leastMs = Math.min(...readingsMs)
  assert.ok(leastMs < MAX_MS, `${leastMs.toFixed(1)} ms`)
})

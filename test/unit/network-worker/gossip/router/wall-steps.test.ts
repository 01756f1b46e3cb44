import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { FakeClock } from '../../../../support/fake-clock.ts'
import { addPeer, punish, routerScene, TOPIC } from './router-scene.ts'

const HOUR_MS = 3_600_000

/** A router whose wall clock, upstream's `Date` included, is set by the test. */
function scene(t: TestContext) {
  const clock = new (class extends FakeClock {
    override nowMs(): number {
      return Date.now()
    }
  })()
  t.mock.timers.enable({ apis: ['Date'], now: 10 * HOUR_MS })
  const { router } = routerScene({ clock })
  const beat = async (): Promise<void> => {
    await router.heartbeat()
    router.score.refreshScores()
  }
  return {
    router,
    beat,
    setBy: (ms: number): void => t.mock.timers.setTime(Date.now() + ms),
    pass: (ms: number): void => {
      t.mock.timers.setTime(Date.now() + ms)
      clock.advance(ms)
    },
  }
}

for (const stepMs of [-HOUR_MS, HOUR_MS]) {
  const hours = stepMs / HOUR_MS

  test(`wall clock set by ${hours} h: a back-off is as long as it was`, async (t) => {
    const { router, beat, setBy, pass } = scene(t)
    addPeer(router, 'peer')
    router.join(TOPIC)
    await router.handlePrune('peer', [{ topicID: TOPIC, peers: [], backoff: 60 }])
    setBy(stepMs)
    await beat()
    pass(58_000)
    await beat()
    assert.equal(router.graftRefusal('peer', TOPIC)?.why, 'backoff')
    pass(3000)
    assert.equal(router.graftRefusal('peer', TOPIC), undefined)
    await router.handleGraft('peer', [{ topicID: TOPIC }])
    assert.equal(router.score.peerStats.get('peer')?.behaviourPenalty, 0)
  })

  test(`wall clock set by ${hours} h: scores are neither frozen nor made worse`, async (t) => {
    const { router, beat, setBy, pass } = scene(t)
    addPeer(router, 'peer')
    router.join(TOPIC)
    pass(120_000)
    await beat()
    pass(1000)
    const before = router.score.score('peer')
    assert.ok(before > 0)
    setBy(stepMs)
    await beat()
    assert.equal(router.score.score('peer'), before)
    router.score.addPenalty('peer', 10, 'test')
    pass(1000)
    assert.ok(router.score.score('peer') < 0)
  })
}

test('a slewed clock moves nothing', async (t) => {
  const { router, beat, setBy } = scene(t)
  addPeer(router, 'peer')
  punish(router, 'peer')
  router.score.score('peer')
  setBy(900)
  await beat()
  assert.equal(router.score.scoreCache.size, 1)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WorkerFigures } from '../../../../src/network-worker/discovery/worker-figures.ts'
import type { DiscoveryWorkerView } from '../../../../src/rpc/discovery-views.ts'
import { ThreadLoad } from '../../../../src/shared/thread-load.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

const PERIOD_MS = 2000
const LOAD = new ThreadLoad()

function viewOf(lookups: number): DiscoveryWorkerView {
  return {
    routingTableSize: 0,
    connectedNodes: 0,
    sessions: 0,
    lookups,
    lookupsRunning: 0,
    kademliaAlpha: 3,
    kademliaK: 16,
    packetsIn: 0,
    packetsOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    droppedPackets: {},
    messagesIn: {},
    messagesOut: {},
    load: LOAD.view(),
  }
}

/** A worker that answers at once, or when the test says. */
function scene() {
  const clock = new FakeClock()
  const state = { isThere: true, asked: 0, hanging: undefined as PromiseWithResolvers<DiscoveryWorkerView> | undefined }
  const getView = (): Promise<DiscoveryWorkerView> => {
    state.asked++
    return state.hanging?.promise ?? Promise.resolve(viewOf(state.asked))
  }
  const figures = new WorkerFigures(() => (state.isThere ? { getView } : undefined), clock)
  const pass = async (ms: number): Promise<number | undefined> => {
    clock.advance(ms)
    await new Promise((resolve) => setImmediate(resolve))
    return figures.latest?.lookups
  }
  return { clock, state, figures, pass }
}

test('asked at the start and every two seconds, however many look', async () => {
  const { figures, pass, state, clock } = scene()
  assert.equal(figures.latest, undefined)
  figures.start()
  assert.equal(await pass(0), 1)
  assert.equal(await pass(PERIOD_MS - 1), 1)
  assert.equal(await pass(1), 2)
  figures.stop()
  await pass(60_000)
  assert.deepEqual([state.asked, clock.pending], [2, 0])
})

test('without a thread there are none, and the next one’s come', async () => {
  const { figures, pass, state } = scene()
  figures.start()
  await pass(0)
  state.isThere = false
  assert.equal(await pass(PERIOD_MS), undefined)
  state.isThere = true
  assert.equal(await pass(PERIOD_MS), 2)
})

test('of a worker that hangs no old figures are shown, and it is not asked again before it answered', async () => {
  const { figures, pass, state } = scene()
  figures.start()
  await pass(0)
  state.hanging = Promise.withResolvers()
  for (let i = 0; i < 10; i++) await pass(PERIOD_MS)
  assert.deepEqual([figures.latest, state.asked], [undefined, 2])
  state.hanging.reject(new Error('no answer in time'))
  state.hanging = undefined
  await pass(0)
  assert.equal(await pass(PERIOD_MS), 3)
})

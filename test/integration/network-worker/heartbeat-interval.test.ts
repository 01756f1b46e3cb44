/** The heartbeat a running router really has, measured. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type MeshParameters, meshParameters } from '../../../src/network-worker/gossip/network-load.ts'
import type { RelayRouter } from '../../../src/network-worker/gossip/relay-router.ts'
import { until } from '../../support/until.ts'
import { relayRouter, startRouterNode } from './router-node.ts'

/** Times of the next `count` heartbeats. */
async function beats(router: RelayRouter, count: number): Promise<number[]> {
  const times: number[] = []
  const onBeat = (): void => void times.push(performance.now())
  const events = router as unknown as EventTarget
  events.addEventListener('gossipsub:heartbeat', onBeat)
  await until(`${count} heartbeats`, () => times.length >= count)
  events.removeEventListener('gossipsub:heartbeat', onBeat)
  return times
}

/** Sets the load and fails when the heartbeats that follow are more than ten per cent off, on average. */
async function assertBeat(router: RelayRouter, mesh: MeshParameters, count: number): Promise<void> {
  router.setLoad(mesh)
  const times = [performance.now(), ...(await beats(router, count))]
  const meanMs = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / count
  assert.ok(Math.abs(meanMs - mesh.heartbeatMs) < 0.1 * mesh.heartbeatMs, `${meanMs} of ${mesh.heartbeatMs} ms`)
}

test('levels 20, 10 and 5, an interval of 100 ms and back: within ten per cent from the first beat on', async () => {
  await using owner = await startRouterNode(relayRouter)
  const { router } = owner
  await assertBeat(router, meshParameters(20), 8)
  await assertBeat(router, meshParameters(10), 4)
  await assertBeat(router, meshParameters(10, 100), 12)
  await assertBeat(router, meshParameters(5), 2)
})

test('a direct peer that cannot be reached does not delay a heartbeat', async () => {
  await using owner = await startRouterNode(relayRouter)
  owner.router.direct.add('16Uiu2HAmJB7R91zvvnx5P29vfuqpWUvjnCTKhrV4r8YgCpx1N56S')
  await assertBeat(owner.router, meshParameters(20, 80), 20)
})

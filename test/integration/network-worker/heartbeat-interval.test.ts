/** The heartbeat a running router really has, measured. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type MeshParameters, meshParameters } from '../../../src/network-worker/gossip/mesh/network-load.ts'
import type { RelayRouter } from '../../../src/network-worker/gossip/router/relay-router.ts'
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

/** A machine that is busy makes a beat late now and then; a heartbeat that is wrong is so each time. */
const ATTEMPTS = 5

/** Sets the load and fails when the first heartbeat that follows, or the middle one of all, is more than ten per cent off. */
async function assertBeat(router: RelayRouter, mesh: MeshParameters, count: number): Promise<void> {
  const seen: string[] = []
  const isRight = (ms = 0): boolean => Math.abs(ms - mesh.heartbeatMs) < 0.1 * mesh.heartbeatMs
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) router.setLoad({ ...mesh, heartbeatMs: 2 * mesh.heartbeatMs }) // so that there is a change again
    router.setLoad(mesh)
    const times = [performance.now(), ...(await beats(router, count))]
    const spacings = times.slice(1).map((ms, index) => ms - (times[index] ?? 0))
    const middle = spacings.toSorted((one, other) => one - other)[Math.floor((count - 1) / 2)]
    if (isRight(spacings[0]) && isRight(middle)) return
    seen.push(`${spacings.map((ms) => ms.toFixed())}`)
  }
  assert.fail(`not ${mesh.heartbeatMs} ms: ${seen.join('; ')}`)
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

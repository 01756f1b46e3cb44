/** Go peers between which a block passed are pinged while nothing else goes over, and go on as before; or not, as the operator says. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseMetrics, seriesValue } from '../support/metrics-text.ts'
import { StarlingProcess } from '../support/starling-process.ts'
import { eventually, joinMesh, skip, startGoPeer, topicOf } from './setup.ts'

const FLAGS = ['--topics', 'beacon_block', '--attestation-subnets', 'none', '--validation', 'none']
const BLOCK_BYTES = 120_000
/** Of two peers in half a second and more. */
const PINGS = 10

async function keptWindows(relay: StarlingProcess) {
  const families = parseMetrics(await (await fetch(`${relay.api}/metrics`)).text())
  const figure = (name: string): number =>
    seriesValue(families, `starling_peers_kept_window_${name}`) ?? assert.fail(name)
  return { connections: figure('connections'), pings: figure('pings_total') }
}

/** A relay and two Go peers, one of which has a block of the other. */
async function scene(flags: readonly string[]) {
  const stack = new AsyncDisposableStack()
  const relay = stack.use(await StarlingProcess.start({ flags: [...FLAGS, ...flags] }))
  const one = stack.use(await startGoPeer(relay))
  const two = stack.use(await startGoPeer(relay))
  const topic = await topicOf(relay, 'beacon_block')
  await joinMesh(relay, 'tcp', [topic], [one, two])
  const pass = async (): Promise<void> => {
    const { id } = await one.publish(topic, { sizeBytes: BLOCK_BYTES })
    await two.waitForMessage(id)
  }
  await pass()
  return { relay, pass, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

test('peers that a block came from and went to are pinged, and the next one passes', { skip }, async () => {
  await using all = await scene([])
  await eventually('pings', async () => (await keptWindows(all.relay)).pings >= PINGS)
  assert.equal((await keptWindows(all.relay)).connections, 2)
  await all.pass()
})

test('with --no-keep-windows nobody is', { skip }, async () => {
  await using all = await scene(['--no-keep-windows'])
  await all.pass()
  assert.deepEqual(await keptWindows(all.relay), { connections: 0, pings: 0 })
})

import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { ApiPoller, POLLED_PATHS } from '../../bench/macro/api-poller.ts'
import { goSkipReason } from '../support/go-build.ts'

const skip = goSkipReason()

/** A poller of a server of the test's, and how many connections that had. */
async function scene(t: TestContext, listener: RequestListener) {
  const server = createServer(listener)
  let connections = 0
  server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const poller = await ApiPoller.start(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  t.after(async () => {
    await poller[Symbol.asyncDispose]()
    server.close()
  })
  return { poller, connections: () => connections }
}

test('each path in turn, at the rate, over the connections it was given', { skip }, async (t) => {
  const asked = new Map<string, number>()
  const { poller, connections } = await scene(t, ({ url = '' }, response) => {
    asked.set(url, (asked.get(url) ?? 0) + 1)
    response.end('x'.repeat(100))
  })
  const startedMs = performance.now()
  const rounds = 10
  const ratePerSecond = POLLED_PATHS.length * rounds
  const result = await poller.run({ ratePerSecond, connections: 3 }, 1)
  const tookMs = performance.now() - startedMs
  assert.deepEqual([result.requests, result.errors, result.unsent], [ratePerSecond, 0, 0])
  assert.deepEqual(result.byStatus, { '200': ratePerSecond })
  assert.equal(result.bytes, 100 * ratePerSecond)
  assert.deepEqual(Object.fromEntries(asked), Object.fromEntries(POLLED_PATHS.map((path) => [path, rounds])))
  assert.equal(connections(), 3)
  assert.ok(tookMs > 900, `${tookMs} ms`)
  assert.ok(result.p50Ms <= result.p99Ms && result.p99Ms <= result.maxMs)
})

test('latency counts from when a request was due; what no connection was free for is counted', { skip }, async (t) => {
  const { poller } = await scene(t, async (_request, response) => {
    await delay(500)
    response.end('late')
  })
  const { requests, unsent, maxMs } = await poller.run({ ratePerSecond: 20, connections: 1 }, 1)
  assert.equal(requests + unsent, 20)
  assert.ok(requests >= 1 && requests <= 5, `${requests} requests`)
  assert.ok(maxMs > 1_000, `${maxMs} ms`)
})

test('an answer that is no 2xx is no figure', { skip }, async (t) => {
  const { poller } = await scene(t, (_request, response) => {
    response.statusCode = 503
    response.end()
  })
  await assert.rejects(poller.run({ ratePerSecond: 10, connections: 1 }, 0.5), /"503":5/)
})

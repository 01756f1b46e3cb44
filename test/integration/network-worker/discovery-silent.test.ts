import assert from 'node:assert/strict'
import { test } from 'node:test'
import pino from 'pino'
import { DiscoveryClient } from '../../../src/network-worker/discovery/discovery-client.ts'
import { systemClock } from '../../../src/shared/clock.ts'
import { discoverySettings } from '../../support/discovery-node.ts'

const SILENT_WORKER = new URL('../worker/silent-worker.ts', import.meta.url)
/** What the network worker's own stop has, with goodbyes still to be said. */
const PATIENCE_MS = 6000

test('a thread that never answers does not hold up the stop', async () => {
  const settings = await discoverySettings()
  const client = new DiscoveryClient({
    url: SILENT_WORKER,
    clock: systemClock,
    log: pino({ level: 'silent' }),
    settings: () => settings,
    listeners: { found: () => {}, addressVoted: () => {} },
    onReady: () => assert.fail('it never is'),
  })
  const started = client.start()
  const startedAtMs = performance.now()
  await client.stop()
  assert.ok(performance.now() - startedAtMs < PATIENCE_MS)
  await started // ends, and nothing is tried after it
  assert.deepEqual([client.control, client.restarts], [undefined, 0])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { meshParameters } from '../../../src/network-worker/gossip/mesh/network-load.ts'
import type { RuntimeConfigView } from '../../../src/rpc/settings-views.ts'
import { startHarness } from './api-harness.ts'
import { CONFIG, RelayDouble } from './relay-double.ts'

type Body = Readonly<Record<string, unknown>>

/** Numbers about the edges of every range, and what is no number. */
const value = fc.oneof(
  fc.integer({ min: -2, max: 45 }),
  fc.integer({ min: 78, max: 1_002 }),
  fc.integer({ min: 4_998, max: 60_001 }),
  fc.integer({ min: 9_999_998, max: 10_000_002 }),
  fc.double({ min: 0, max: 50, noNaN: true }),
  fc.constantFrom('5', null, true, [5], { value: 5 }, ''),
)
const name = fc.constantFrom(...Object.keys(CONFIG), ...Object.keys(CONFIG), ...Object.keys(CONFIG), 'status')
const body: fc.Arbitrary<Body> = fc.dictionary(name, value, { maxKeys: 2, noNullPrototype: true })

const RANGES: Readonly<Record<string, readonly [min: number, max: number]>> = {
  target_peers: [0, 1_000],
  max_latency_ms: [1, 60_000],
  network_load: [1, 40],
  heartbeat_interval_ms: [80, 5_000],
  discovery_interval_ms: [500, 10_000],
  active_validators: [1, 10_000_000],
}

function isValid(sent: Body): boolean {
  const members = Object.entries(sent)
  return (
    members.length > 0 &&
    members.every(([field, given]) => {
      if (field === 'active_validators' && given === null) return true
      const [min, max] = RANGES[field] ?? [1, 0]
      if (typeof given !== 'number' || given < min || given > max) return false
      return field === 'max_latency_ms' || given % 1 === 0
    })
  )
}

function after(before: RuntimeConfigView, sent: Body): RuntimeConfigView {
  const level = sent['network_load']
  const reset = typeof level === 'number' ? { heartbeat_interval_ms: meshParameters(level).heartbeatMs } : {}
  return { ...before, ...reset, ...sent }
}

test('any sequence of good and bad PATCHes: each good one is in force whole, each bad one not at all', async (t) => {
  const { call, stored } = await startHarness(t, new RelayDouble().handlers)
  let model = CONFIG
  let good = 0
  await fc.assert(
    fc.asyncProperty(body, async (sent) => {
      const expected = isValid(sent) ? after(model, sent) : model
      const reply = await call('PATCH', '/config', { body: sent })
      assert.equal(reply.status, isValid(sent) ? 200 : 400, `${JSON.stringify(sent)}: ${reply.text}`)
      if (isValid(sent)) {
        good++
        // -0 is sent as 0.
        assert.deepEqual(reply.json(), JSON.parse(JSON.stringify({ status: 'ok', ...expected })))
      }
      assert.deepEqual((await call('GET', '/config')).json(), JSON.parse(JSON.stringify(expected)))
      if (expected.active_validators === null) assert.ok(!Object.hasOwn(stored().settings, 'active_validators'))
      for (const [field, kept] of Object.entries(stored().settings)) {
        assert.equal(kept, expected[field as keyof RuntimeConfigView], field)
      }
      model = expected
    }),
    { numRuns: 400, endOnFailure: true },
  )
  assert.ok(good > 30, `only ${good} good ones`)
})

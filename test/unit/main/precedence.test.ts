import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConfigPatch } from '../../../src/api/operator.ts'
import type { RelayConfig } from '../../../src/config/schema.ts'
import type { RuntimeSettings } from '../../../src/rpc/settings-views.ts'
import { Runs } from './operator/operator-scene.ts'

interface Case {
  readonly name: string
  readonly patches: readonly ConfigPatch[]
  /** Start-up values of the runs that follow, one after the other. */
  readonly starts: readonly Partial<RelayConfig>[]
  /** What differs from the defaults in the last run. */
  readonly expected: Partial<RuntimeSettings>
}

const CASES: readonly Case[] = [
  { name: 'nothing changed, same flags', patches: [], starts: [{}], expected: {} },
  { name: 'nothing changed, other flag', patches: [], starts: [{ networkLoad: 6 }], expected: { network_load: 6 } },
  {
    name: 'a changed value outlives starts with the same flag',
    patches: [{ network_load: 8, target_peers: 100, max_latency_ms: 175.5, discovery_interval_ms: 500 }],
    starts: [{}, {}, {}],
    expected: { network_load: 8, target_peers: 100, max_latency_ms: 175.5, discovery_interval_ms: 500 },
  },
  {
    name: 'a changed flag wins, for its own field only',
    patches: [{ network_load: 8, target_peers: 100, max_latency_ms: 175.5 }],
    starts: [{ targetPeers: 60 }],
    expected: { network_load: 8, target_peers: 60, max_latency_ms: 175.5 },
  },
  {
    name: 'taking a flag back does not bring the changed value back',
    patches: [{ target_peers: 100 }],
    starts: [{ targetPeers: 60 }, {}],
    expected: {},
  },
  {
    name: 'a value changed to what the flag says still counts as changed',
    patches: [{ target_peers: 100 }, { target_peers: 80 }],
    starts: [{}, { targetPeers: 90 }],
    expected: { target_peers: 90 },
  },
  {
    name: 'the heartbeat is kept with its network load',
    patches: [{ network_load: 8 }, { heartbeat_interval_ms: 300 }],
    starts: [{}],
    expected: { network_load: 8, heartbeat_interval_ms: 300 },
  },
  {
    name: 'a network load of the same PATCH does not reset the heartbeat',
    patches: [{ heartbeat_interval_ms: 300, network_load: 8 }],
    starts: [{}],
    expected: { network_load: 8, heartbeat_interval_ms: 300 },
  },
  {
    name: 'a later network load resets the heartbeat, on the disk too',
    patches: [{ heartbeat_interval_ms: 300 }, { network_load: 8 }],
    starts: [{}],
    expected: { network_load: 8 },
  },
  {
    name: 'a changed network load flag resets both',
    patches: [{ network_load: 8, heartbeat_interval_ms: 300 }],
    starts: [{ networkLoad: 6 }],
    expected: { network_load: 6 },
  },
  {
    name: 'a changed network load flag resets a heartbeat that was changed alone',
    patches: [{ heartbeat_interval_ms: 300 }],
    starts: [{ networkLoad: 6 }],
    expected: { network_load: 6 },
  },
  {
    name: 'a validator count of nobody gives way to one over the API, which stays',
    patches: [{ active_validators: 900 }],
    starts: [{}, {}],
    expected: { active_validators: 900 },
  },
  {
    name: 'a validator count that the flag gives for the first time wins',
    patches: [{ active_validators: 900 }],
    starts: [{ activeValidators: 1000 }, {}],
    expected: {},
  },
  {
    name: 'a validator count taken back is that of nobody again',
    patches: [{ active_validators: 900 }, { active_validators: null, target_peers: 100 }],
    starts: [{}],
    expected: { target_peers: 100 },
  },
  {
    name: 'a validator count taken back leaves what the flag gives',
    patches: [{ active_validators: 900 }, { active_validators: null }],
    starts: [{ activeValidators: 1000 }, { activeValidators: 1000 }],
    expected: { active_validators: 1000 },
  },
  {
    name: 'an unrelated flag does not touch the heartbeat',
    patches: [{ heartbeat_interval_ms: 300 }],
    starts: [{ targetPeers: 60 }],
    expected: { target_peers: 60, heartbeat_interval_ms: 300 },
  },
]

const DEFAULTS: RuntimeSettings = {
  target_peers: 80,
  max_latency_ms: 150,
  network_load: 5,
  heartbeat_interval_ms: null,
  discovery_interval_ms: 2000,
  active_validators: null,
}

for (const { name, patches, starts, expected } of CASES) {
  test(name, async (t) => {
    const runs = new Runs(t)
    let scene = await runs.start()
    for (const patch of patches) await scene.operator.patchConfig(patch)
    for (const start of starts) scene = await runs.start(start)
    assert.deepEqual(scene.kept.restored.settings, { ...DEFAULTS, ...expected })
    assert.deepEqual(scene.worker.settings, scene.kept.restored.settings)
  })
}

test('each stored setting has one line at info that says who won, once', async (t) => {
  const runs = new Runs(t)
  const { operator } = await runs.start()
  await operator.patchConfig({ network_load: 8, target_peers: 100, heartbeat_interval_ms: 300 })
  const { logged } = await runs.start({ targetPeers: 60 })
  const lines = logged.map(({ level, msg, setting, stored, start_up_before, start_up }) =>
    [level, msg, setting, stored, start_up_before, start_up].filter((part) => part !== undefined),
  )
  assert.deepEqual(lines, [
    [30, 'stored setting wins: its start-up value is as it was', 'heartbeat_interval_ms', 300, 5],
    [30, 'stored setting wins: its start-up value is as it was', 'network_load', 8, 5],
    [30, 'start-up value wins: it has changed', 'target_peers', 100, 80, 60],
  ])
  const again = await runs.start({ targetPeers: 60 })
  assert.equal(again.logged.length, 2)
})

test('a stored value that this release does not allow is dropped with a warning', async (t) => {
  const runs = new Runs(t)
  const { kept } = await runs.start()
  const rows = [
    { name: 'network_load', value: 41, startUpValue: 5 },
    { name: 'target_peers', value: 1.5, startUpValue: 80 },
    { name: 'gravity', value: 9.81, startUpValue: 9.81 },
    { name: '__proto__', value: 1, startUpValue: 1 },
    { name: 'max_latency_ms', value: 99, startUpValue: 150 },
  ]
  kept.settingsStore.replace(rows)
  const next = await runs.start()
  assert.deepEqual(next.kept.restored.settings, { ...DEFAULTS, max_latency_ms: 99 })
  const warned = next.logged.filter(({ level }) => level === 40).map(({ setting }) => setting)
  assert.deepEqual(warned, ['__proto__', 'gravity', 'network_load', 'target_peers'])
  assert.deepEqual(next.kept.settingsStore.all(), rows.slice(4))
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RuntimeConfig } from '../../../../src/network-worker/control/runtime-settings.ts'
import { type MeshParameters, meshParameters } from '../../../../src/network-worker/gossip/mesh/network-load.ts'
import type { RuntimeSettings } from '../../../../src/rpc/settings-views.ts'

const SETTINGS: RuntimeSettings = {
  target_peers: 40,
  max_latency_ms: 150.5,
  network_load: 5,
  heartbeat_interval_ms: null,
  discovery_interval_ms: 2000,
  active_validators: null,
}

function scene(settings = SETTINGS) {
  const meshes: MeshParameters[] = []
  const validators: (number | null)[] = []
  const config = new RuntimeConfig(settings, {
    onMesh: (mesh) => void meshes.push(mesh),
    onValidators: () => void validators.push(config.settings.active_validators),
  })
  return { meshes, validators, config }
}

test('the view has the settings, with the heartbeat of the level', () => {
  const { config, meshes } = scene()
  assert.deepEqual(config.view(), { ...SETTINGS, heartbeat_interval_ms: 700 })
  assert.deepEqual(meshes, [])
})

test('another level changes the mesh once, and shows the level asked for above the table’s last', () => {
  const { config, meshes } = scene()
  const view = config.apply({ ...SETTINGS, network_load: 40 })
  assert.deepEqual([view.network_load, view.heartbeat_interval_ms], [40, 200])
  assert.deepEqual(config.view(), view)
  assert.deepEqual(meshes, [meshParameters(20)])
})

test('a heartbeat of its own, and back to the level’s', () => {
  const { config, meshes } = scene()
  assert.equal(config.apply({ ...SETTINGS, heartbeat_interval_ms: 100 }).heartbeat_interval_ms, 100)
  assert.equal(config.apply(SETTINGS).heartbeat_interval_ms, 700)
  assert.deepEqual(meshes, [meshParameters(5, 100), meshParameters(5)])
})

test('what does not concern the mesh leaves it alone', () => {
  const { config, meshes } = scene()
  const view = config.apply({ ...SETTINGS, target_peers: 7, max_latency_ms: 1, discovery_interval_ms: 500 })
  assert.deepEqual([view.target_peers, view.max_latency_ms, view.discovery_interval_ms], [7, 1, 500])
  assert.deepEqual(meshes, [])
})

test('another count of validators is told once, after it is in force', () => {
  const { config, meshes, validators } = scene()
  assert.equal(config.apply({ ...SETTINGS, active_validators: 64 }).active_validators, 64)
  config.apply({ ...SETTINGS, active_validators: 64, target_peers: 1 })
  assert.deepEqual(validators, [64])
  assert.deepEqual(meshes, [])
})

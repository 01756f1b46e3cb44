import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SHORT_FOR_MS, ShortMeshes } from '../../../../../src/network-worker/gossip/mesh/short-meshes.ts'

test('a mesh is due when it has been short for a while, and again as much later', () => {
  const meshes = new ShortMeshes()
  assert.equal(meshes.isDue('a', true, 0), false)
  assert.equal(meshes.isDue('a', true, SHORT_FOR_MS - 1), false)
  assert.equal(meshes.isDue('b', true, SHORT_FOR_MS), false, 'each by itself')
  assert.equal(meshes.isDue('a', true, SHORT_FOR_MS), true)
  assert.equal(meshes.isDue('a', true, 2 * SHORT_FOR_MS - 1), false)
  assert.equal(meshes.isDue('a', true, 2 * SHORT_FOR_MS), true)
})

test('one that was full in between, or left, begins anew', () => {
  const meshes = new ShortMeshes()
  meshes.isDue('a', true, 0)
  assert.equal(meshes.isDue('a', false, 1), false)
  assert.equal(meshes.isDue('a', true, SHORT_FOR_MS), false)
  meshes.forget('a')
  assert.equal(meshes.isDue('a', true, 3 * SHORT_FOR_MS), false)
})

test('when the load was raised it is due at once, if it is short then', () => {
  const meshes = new ShortMeshes()
  meshes.expedite(['a', 'b'])
  assert.equal(meshes.isDue('a', true, 0), true)
  assert.equal(meshes.isDue('a', true, 1), false)
  assert.equal(meshes.isDue('b', false, 0), false)
  assert.equal(meshes.isDue('b', true, 1), false)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wantedAlgorithms } from '../../../../../src/network-worker/host/congestion/congestion-choice.ts'

test('auto wants another than BBR, in all its versions, and leaves any other', () => {
  for (const hosts of ['bbr', 'bbr2', 'bbr3']) assert.deepEqual(wantedAlgorithms('auto', hosts), ['cubic', 'reno'])
  for (const hosts of ['cubic', 'reno', 'dctcp']) assert.deepEqual(wantedAlgorithms('auto', hosts), [])
})

test('a name is wanted whatever the host has, and host is what the host has', () => {
  assert.deepEqual(wantedAlgorithms('vegas', 'bbr'), ['vegas'])
  assert.deepEqual(wantedAlgorithms('bbr', 'cubic'), ['bbr'])
  assert.deepEqual(wantedAlgorithms('host', 'bbr'), [])
})

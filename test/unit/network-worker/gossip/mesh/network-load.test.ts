import assert from 'node:assert/strict'
import { test } from 'node:test'
import { meshParameters } from '../../../../../src/network-worker/gossip/mesh/network-load.ts'

/** "Network Load Levels" of the relay API document: mesh_n, mesh_n_low, mesh_n_high, heartbeat in ms; level 1 first. */
const LEVELS = [
  [3, 1, 4, 1200],
  [4, 2, 8, 1000],
  [5, 3, 10, 1000],
  [8, 4, 10, 1000],
  [10, 5, 15, 700],
  [12, 6, 18, 600],
  [14, 7, 21, 600],
  [16, 8, 24, 500],
  [18, 9, 27, 500],
  [20, 10, 30, 400],
  [22, 11, 33, 400],
  [24, 12, 36, 350],
  [26, 13, 39, 350],
  [28, 14, 42, 300],
  [30, 15, 45, 300],
  [32, 16, 48, 250],
  [34, 17, 51, 250],
  [36, 18, 54, 200],
  [38, 19, 57, 200],
  [40, 20, 60, 200],
] as const

const ALL_LEVELS = Array.from({ length: 40 }, (_, index) => index + 1)

test('each level of the document has its mesh sizes and heartbeat', () => {
  for (const [index, row] of LEVELS.entries()) {
    const { meshN, meshLow, meshHigh, heartbeatMs } = meshParameters(index + 1)
    assert.deepEqual([meshN, meshLow, meshHigh, heartbeatMs], row, `level ${index + 1}`)
  }
})

test('levels 21 to 40 run as level 20', () => {
  for (let level = 21; level <= 40; level++) assert.deepEqual(meshParameters(level), meshParameters(20))
})

test('what is no level throws', () => {
  for (const level of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    assert.throws(() => meshParameters(level), RangeError, `level ${level}`)
  }
})

test('the outbound quota is consistent at every level: below mesh_n_low and below half of mesh_n', () => {
  for (const level of ALL_LEVELS) {
    const { outboundMin, meshLow, meshN } = meshParameters(level)
    assert.ok(Number.isInteger(outboundMin) && outboundMin >= 0, `level ${level}: ${outboundMin}`)
    assert.ok(outboundMin < meshLow, `level ${level}: ${outboundMin} of ${meshLow}`)
    assert.ok(outboundMin < meshN / 2, `level ${level}: ${outboundMin} of ${meshN}`)
  }
})

test('messages are held for 8.4 s and advertised for 4.2 s at every heartbeat, to within one beat', () => {
  for (const level of ALL_LEVELS) {
    const { historyLength, historyGossip, heartbeatMs } = meshParameters(level)
    const heldMs = historyLength * heartbeatMs
    const advertisedMs = historyGossip * heartbeatMs
    assert.ok(heldMs >= 8400 && heldMs < 8400 + heartbeatMs, `level ${level} holds ${heldMs} ms`)
    assert.ok(advertisedMs >= 4200 && advertisedMs < 4200 + heartbeatMs, `level ${level} advertises ${advertisedMs} ms`)
  }
})

test('the mesh is in order at every level: low <= n <= high, and some peers get gossip', () => {
  for (const level of ALL_LEVELS) {
    const { meshN, meshLow, meshHigh, lazy } = meshParameters(level)
    assert.ok(meshLow <= meshN && meshN <= meshHigh && lazy >= 1, `level ${level}`)
  }
})

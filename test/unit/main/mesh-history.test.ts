import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MeshHistory } from '../../../src/main/mesh-history.ts'

function event(atMs: number) {
  return { atMs, action: 'graft_sent', peerId: 'p', topic: 't', reason: 'heartbeat' } as const
}

test('the newest 1,024 events are kept, oldest first, and what made room for them is counted', () => {
  const history = new MeshHistory()
  for (let pushed = 0; pushed <= 5_000; pushed++) {
    const times = history.events().map(({ atMs }) => atMs)
    if (pushed % 97 === 0 || (pushed > 1_020 && pushed < 1_030)) {
      const kept = Math.min(pushed, 1_024)
      assert.deepEqual(
        times,
        Array.from({ length: kept }, (_, index) => pushed - kept + index),
      )
      assert.equal(history.dropped, pushed - kept)
    }
    history.push(event(pushed))
  }
})

test('what was read does not change with later events', () => {
  const history = new MeshHistory()
  history.push(event(1))
  const read = history.events()
  history.push(event(2))
  assert.deepEqual(read, [event(1)])
})

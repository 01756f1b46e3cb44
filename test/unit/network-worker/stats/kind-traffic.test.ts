import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GOSSIP_KINDS } from '../../../../src/consensus/topic-table.ts'
import { kindIndex, TrafficByKind, UNKNOWN_KIND } from '../../../../src/network-worker/stats/kind-traffic.ts'

test('every kind has a row of its own, and what we are not in has one together', () => {
  const traffic = new TrafficByKind()
  GOSSIP_KINDS.forEach((kind, index) => {
    traffic.received(kindIndex(kind), index + 1)
    traffic.forwarded(kindIndex(kind), 3, index + 1)
    if (index > 0) traffic.duplicate(kindIndex(kind))
  })
  traffic.received(UNKNOWN_KIND, 1_000)
  traffic.received(UNKNOWN_KIND, 1)
  const rows = traffic.rows()
  assert.deepEqual(
    rows.map(({ kind }) => kind),
    [...GOSSIP_KINDS, 'unknown'],
  )
  GOSSIP_KINDS.forEach((kind, index) => {
    const expected = { receivedMessages: 1, receivedBytes: index + 1, duplicateMessages: index > 0 ? 1 : 0 }
    const forwarded = { forwardedMessages: 3, forwardedBytes: 3 * (index + 1) }
    assert.deepEqual(rows[index], { kind, ...expected, ...forwarded })
  })
  const none = { duplicateMessages: 0, forwardedMessages: 0, forwardedBytes: 0 }
  assert.deepEqual(rows.at(-1), { kind: 'unknown', receivedMessages: 2, receivedBytes: 1_001, ...none })
})

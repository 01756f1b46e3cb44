import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import { createSlotClock } from '../../../../src/consensus/slot-clock.ts'
import { Arrivals } from '../../../../src/network-worker/stats/arrivals.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { smallNetwork } from '../small-network.ts'

const COPIES = 200_000
const ROUNDS = 5

test('a copy of any other message costs less than a microsecond, and no memory', () => {
  const clock = new FakeClock()
  const arrivals = new Arrivals({
    clock,
    slotClock: createSlotClock(smallNetwork(), clock),
    peerOf: () => undefined,
    factsOf: async () => ({ ok: true, output: undefined }),
  })
  const ids = Array.from({ length: 10_000 }, (_, index) => hash('sha256', String(index)).slice(0, 40))
  const block = {
    fork: 'fulu',
    data: new Uint8Array(),
    maxSszBytes: 1,
    from: 'alice',
    atMs: 0,
    isVouched: false,
  } as const
  arrivals.onBlock({ ...block, msgId: 'ff'.repeat(20) })
  let leastNs = Number.POSITIVE_INFINITY
  let leastBytes = Number.POSITIVE_INFINITY
  // The least of some rounds: others have the machine, and the heap, to themselves at times.
  for (let round = 0; round < ROUNDS; round++) {
    const heapBefore = process.memoryUsage().heapUsed
    const began = performance.now()
    for (let index = 0; index < COPIES; index++) arrivals.onCopy(ids[index % ids.length] ?? '', 'bob')
    leastNs = Math.min(leastNs, ((performance.now() - began) * 1e6) / COPIES)
    leastBytes = Math.min(leastBytes, Math.max(0, process.memoryUsage().heapUsed - heapBefore) / COPIES)
  }
  assert.ok(leastNs < 1_000, `${leastNs.toFixed(0)} ns a copy`)
  assert.ok(leastBytes < 4, `${leastBytes.toFixed(1)} bytes a copy`)
})

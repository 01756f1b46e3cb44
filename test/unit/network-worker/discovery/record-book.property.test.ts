import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RecordBook } from '../../../../src/network-worker/discovery/record-book.ts'
import type { KnownRecord } from '../../../../src/rpc/discovery-views.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { peerOf, recordOf } from './record-of.ts'

const MAX = 4

const step = fc.record({
  call: fc.constantFrom('take', 'connected', 'measured', 'failed', 'forget', 'forgetDormant'),
  peer: fc.nat({ max: 9 }),
  figure: fc.integer({ min: 1, max: 300 }),
  thenMs: fc.constantFrom(0, 1000, 600_000, 90_000_000),
})
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

function knownOf(number: number): KnownRecord {
  const { peerId, enr } = recordOf(number, { seq: '0' })
  return { peerId, enr, lastSeenMs: number, bestRttMs: null, lastConnectedMs: null }
}

function apply(book: RecordBook, { call, peer, figure }: Step): void {
  const peerId = peerOf(peer)
  if (call === 'take') book.take(recordOf(peer, { seq: String(figure % 5) }))
  else if (call === 'connected') book.connected(peerId)
  else if (call === 'measured') book.measured(peerId, figure)
  else if (call === 'failed') book.failed(peerId)
  else if (call === 'forget') book.forget(peerId)
  else book.forgetDormant()
}

test('whatever is called, the bound holds and what was told to be kept is what the book knows', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.nat({ max: MAX + 2 }), (steps, earlier) => {
      const clock = new FakeClock(1_800_000_000_000)
      const restored = Array.from({ length: earlier }, (_, number) => knownOf(number))
      const database = new Map(restored.map((record) => [record.peerId, record]))
      const book = new RecordBook({
        clock,
        restored,
        onKept: (record) => void database.set(record.peerId, record),
        onForgotten: (peerId) => void assert.ok(database.delete(peerId), 'forgotten, but never kept'),
        max: MAX,
      })
      for (const one of steps) {
        const before = book.get(peerOf(one.peer))
        apply(book, one)
        clock.advance(one.thenMs)
        const after = book.get(peerOf(one.peer))
        if (before !== undefined && after !== undefined) assert.ok(BigInt(after.seq) >= BigInt(before.seq))
        assert.ok(book.size <= MAX)
        // Times may be older in the database, by the ten minutes; records and peers are the same.
        const kept = [...database.values()].map(({ enr }) => enr)
        assert.deepEqual(book.texts().toSorted(), kept.sort())
      }
    }),
  )
})

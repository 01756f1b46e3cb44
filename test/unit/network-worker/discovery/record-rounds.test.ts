import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RecordBook } from '../../../../src/network-worker/discovery/record-book.ts'
import { RecordRounds } from '../../../../src/network-worker/discovery/record-rounds.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { peerOf, recordOf } from './record-of.ts'

function scene(records: number) {
  const ignore = () => undefined
  const book = new RecordBook({ clock: new FakeClock(), restored: [], onKept: ignore, onForgotten: ignore })
  for (let number = 0; number < records; number++) book.take(recordOf(number))
  const rounds = new RecordRounds(book)
  return { book, next: (count: number) => rounds.next(count).map(({ peerId, seq }) => `${peerId} ${seq}`) }
}

test('each record once a round, then from the beginning', () => {
  const { next } = scene(5)
  assert.deepEqual(
    [next(2), next(2), next(2), next(2)],
    [['peer0 1', 'peer1 1'], ['peer2 1', 'peer3 1'], ['peer4 1'], ['peer0 1', 'peer1 1']],
  )
})

test('records are as they are now: changed ones changed, forgotten ones left out, new ones in the next round', () => {
  const { book, next } = scene(4)
  assert.deepEqual(next(1), ['peer0 1'])
  book.take(recordOf(1, { seq: '2' }))
  book.forget(peerOf(2))
  book.take(recordOf(9))
  assert.deepEqual(
    [next(10), next(10)],
    [
      ['peer1 2', 'peer3 1'],
      ['peer0 1', 'peer1 2', 'peer3 1', 'peer9 1'],
    ],
  )
})

test('an empty book has none', () => {
  assert.deepEqual(scene(0).next(10), [])
})

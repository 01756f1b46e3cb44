import assert from 'node:assert/strict'
import { test } from 'node:test'
import pino from 'pino'
import { RecordBook } from '../../../../src/network-worker/discovery/record-book.ts'
import { type SeededControl, Seeding } from '../../../../src/network-worker/discovery/seeding.ts'
import { RelayError } from '../../../../src/shared/errors.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { peerOf, recordOf } from './record-of.ts'

const NOW_MS = 1_800_000_000_000
const ECHO_MS = 5000

interface Thread extends SeededControl {
  readonly batches: string[][]
  readonly ownRecords: string[]
  /** Calls after this many batches fail as those of a dead thread. */
  diesAfter: number
}

function threadOf(): Thread {
  const thread: Thread = {
    batches: [],
    ownRecords: [],
    diesAfter: Number.POSITIVE_INFINITY,
    setLocalRecord: (enr) => Promise.resolve(void thread.ownRecords.push(enr)),
    getBinds: () => Promise.resolve([{ address: '127.0.0.1', port: 9000 }]),
    addRecords: (enrs) => {
      if (thread.batches.length >= thread.diesAfter) return Promise.reject(new RelayError('RPC_CLOSED', 'it died'))
      thread.batches.push([...enrs])
      return Promise.resolve(enrs.length)
    },
  }
  return thread
}

/** Seeding of a book with `records` of an earlier run, of which none came back yet. */
function scene(records: number) {
  const clock = new FakeClock(NOW_MS)
  const forgotten: string[] = []
  const restored = Array.from({ length: records }, (_, i) => {
    const { peerId, enr } = recordOf(i)
    return { peerId, enr, lastSeenMs: NOW_MS - 1000, bestRttMs: null, lastConnectedMs: NOW_MS - 1000 * (i + 1) }
  })
  const book = new RecordBook({
    clock,
    restored,
    onKept: () => undefined,
    onForgotten: (peerId) => void forgotten.push(peerId),
  })
  const state = { own: 'enr:own', current: undefined as Thread | undefined }
  const binds: unknown[] = []
  const seeding = new Seeding({
    book,
    clock,
    log: pino({ level: 'silent' }),
    localRecord: () => state.own,
    onBound: (bound) => void binds.push(...bound),
    current: () => state.current,
  })
  const begin = async (thread = threadOf()): Promise<Thread> => {
    state.current = thread
    await seeding.handOver(thread)
    return thread
  }
  return { clock, forgotten, book, state, binds, seeding, begin }
}

test('all is handed over in batches, who served us last first; our own record as it is by now', async () => {
  const { begin, binds, state } = scene(70)
  state.own = 'enr:newer'
  const { batches, ownRecords } = await begin()
  assert.deepEqual(
    batches.map((batch) => batch.length),
    [32, 32, 6],
  )
  assert.deepEqual(
    batches.flat(),
    Array.from({ length: 70 }, (_, i) => recordOf(i).enr),
  )
  assert.deepEqual([ownRecords, binds], [['enr:newer'], [{ address: '127.0.0.1', port: 9000 }]])
})

test('what did not come back within 5 s is forgotten', async () => {
  const { begin, book, clock, forgotten } = scene(3)
  await begin()
  book.take(recordOf(1))
  clock.advance(ECHO_MS - 1)
  assert.deepEqual(forgotten, [])
  clock.advance(1)
  assert.deepEqual([forgotten, book.size], [[peerOf(0), peerOf(2)], 1])
})

test('a thread that dies before the echo is in costs no record', async () => {
  const { begin, state, clock, book } = scene(3)
  await begin()
  clock.advance(ECHO_MS / 2)
  state.current = undefined
  clock.advance(3_600_000)
  assert.equal(book.size, 3)
})

test('the next thread is given all of it again, and has as long for its own echo', async () => {
  const { begin, book, clock } = scene(3)
  await begin()
  clock.advance(ECHO_MS - 1000)
  const second = await begin()
  assert.equal(second.batches.flat().length, 3)
  clock.advance(ECHO_MS - 1)
  assert.equal(book.size, 3)
  clock.advance(1)
  assert.equal(book.size, 0)
})

test('a thread that dies while it is handed the records costs none, and nothing is awaited', async () => {
  const { begin, book, clock } = scene(70)
  const thread = threadOf()
  thread.diesAfter = 1
  await begin(thread)
  assert.equal(clock.pending, 0)
  assert.equal(book.size, 70)
})

test('after a stop nothing is awaited or forgotten, not even by a hand-over under way', async () => {
  const { begin, seeding, book, clock } = scene(3)
  await begin()
  seeding.stop()
  assert.equal(clock.pending, 0)
  await begin()
  clock.advance(3_600_000)
  assert.deepEqual([clock.pending, book.size], [0, 3])
})

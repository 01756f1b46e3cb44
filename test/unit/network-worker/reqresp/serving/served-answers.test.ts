import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  GIVE_WAY_MS,
  LEAST_READ_BYTES_PER_SECOND,
  MAX_SERVED_AT_ONCE,
  MAX_SERVED_OF_PEER,
  SERVED_PATIENCE_MS,
} from '../../../../../src/network-worker/reqresp/limits.ts'
import {
  type ServedAnswerState,
  ServedAnswers,
} from '../../../../../src/network-worker/reqresp/serving/served-answers.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

function scene() {
  const clock = new FakeClock()
  const answers = new ServedAnswers(clock)
  const aborted: string[] = []
  const begin = (peerId: string): ServedAnswerState | undefined =>
    answers.begin(peerId, { abort: () => void aborted.push(peerId) })
  const fill = (): ServedAnswerState[] => Array.from({ length: MAX_SERVED_AT_ONCE }, (_, i) => begin(`p${i}`) ?? fail())
  return { clock, answers, aborted, begin, fill }
}

function fail(): never {
  throw new assert.AssertionError({ message: 'no room' })
}

test('a peer has so many answers at once, and another one as one ends', () => {
  const { answers, begin } = scene()
  const own = Array.from({ length: MAX_SERVED_OF_PEER }, () => begin('a') ?? fail())
  assert.equal(begin('a'), undefined)
  assert.ok(begin('b'))
  const [first] = own
  if (first !== undefined) answers.end(first)
  assert.ok(begin('a'))
})

test('eight peers that ask for all they can get, and read it, leave room for others', () => {
  const { begin } = scene()
  for (let round = 0; round < MAX_SERVED_OF_PEER; round++) for (let i = 0; i < 8; i++) begin(`greedy${i}`)
  for (let i = 0; i < 4; i++) assert.ok(begin(`other${i}`), `no room for peer ${i}`)
})

test('when all are taken, the reader who is slowest gives way to a new one, and one who reads does not', () => {
  const { clock, aborted, begin, fill } = scene()
  const underWay = fill()
  underWay[3]?.beginWait()
  clock.advance(GIVE_WAY_MS - 2)
  underWay[7]?.beginWait()
  clock.advance(1)
  assert.equal(begin('late'), undefined, 'none has waited long')
  clock.advance(1)
  assert.ok(begin('late'))
  assert.deepEqual(aborted, ['p3'])
  assert.equal(begin('later'), undefined)
  underWay[7]?.endWait(1)
  clock.advance(10 * GIVE_WAY_MS)
  assert.equal(begin('later'), undefined, 'all read')
  assert.deepEqual(aborted, ['p3'])
})

test('a reader is waited for as long as it reads at the least pace', () => {
  const { clock, begin } = scene()
  const answer = begin('a') ?? fail()
  for (let i = 0; i < 100; i++) {
    assert.equal(answer.beginWait(), SERVED_PATIENCE_MS)
    clock.advance(1000)
    answer.endWait(LEAST_READ_BYTES_PER_SECOND)
  }
  assert.equal(answer.waitedMs, 0)
})

test('a reader that takes a little now and then is not waited for longer than one that takes nothing', () => {
  const { clock, begin } = scene()
  const answer = begin('a') ?? fail()
  let waitedMs = 0
  for (let leftMs = answer.beginWait(); leftMs > 1; leftMs = answer.beginWait()) {
    clock.advance(leftMs / 2)
    waitedMs += leftMs / 2
    answer.endWait(1)
  }
  assert.ok(waitedMs <= SERVED_PATIENCE_MS + 1, `${waitedMs} ms`)
})

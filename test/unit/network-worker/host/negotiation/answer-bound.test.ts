import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AnswerBound, MAX_ANSWERS_IN_CLEAR } from '../../../../../src/network-worker/host/negotiation/answer-bound.ts'
import { tcpPair } from '../../../../support/tcp-pair.ts'

const ANSWER = Uint8Array.of(3, 0x6e, 0x61, 0x0a)

test('one answer too many ends the connection, and is counted', async () => {
  await using pair = await tcpPair()
  const bound = new AnswerBound()
  bound.put(pair.accepted)
  for (let count = 0; count < MAX_ANSWERS_IN_CLEAR; count++) pair.accepted.send(ANSWER)
  assert.equal(pair.accepted.status, 'open')
  assert.throws(() => pair.accepted.send(ANSWER), /no encryption/)
  assert.equal(pair.accepted.status, 'aborted')
  assert.equal(bound.ended, 1)
})

test('a connection whose other side is known sends without a bound', async () => {
  await using pair = await tcpPair()
  const bound = new AnswerBound()
  bound.lift(pair.dialled)
  bound.put(pair.accepted)
  bound.lift(pair.accepted)
  for (const end of [pair.dialled, pair.accepted]) {
    for (let count = 0; count < 1000; count++) end.send(ANSWER)
    assert.equal(end.status, 'open')
  }
  assert.equal(bound.ended, 0)
})

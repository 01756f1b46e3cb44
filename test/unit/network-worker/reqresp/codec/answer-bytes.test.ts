import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AnswerBytes } from '../../../../../src/network-worker/reqresp/codec/answer-bytes.ts'

const MAX_BYTES = 1_000

test('an answer is never whole and never wrong, whatever it is, until it is more than may come', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 12 }), (pieces) => {
      const decoder = new AnswerBytes(MAX_BYTES)
      let bytes = 0
      for (const piece of pieces) {
        bytes += piece.length
        const { status } = decoder.push(piece)
        assert.equal(status, bytes > MAX_BYTES ? 'error' : 'need_more')
        if (status === 'error') break
      }
    }),
  )
})

test('what a peer says first of all is known from its first byte, and no later chunk changes it', () => {
  const decoder = new AnswerBytes(MAX_BYTES)
  assert.equal(decoder.resultCode, undefined)
  decoder.push(new Uint8Array())
  assert.equal(decoder.resultCode, undefined)
  for (const piece of [Uint8Array.of(3, 1), Uint8Array.of(0)]) decoder.push(piece)
  assert.equal(decoder.resultCode, 3)
})

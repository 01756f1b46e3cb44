import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encodeErrorResponse, encodeResponse } from '../../../../../src/network-worker/reqresp/codec/framing.ts'
import { ResponseDecoder } from '../../../../../src/network-worker/reqresp/codec/response-decoder.ts'

function pushBytewise(decoder: ResponseDecoder, wire: Uint8Array) {
  let step = decoder.push(new Uint8Array(0))
  for (let at = 0; at < wire.length && step.status === 'need_more'; at += 1)
    step = decoder.push(wire.subarray(at, at + 1))
  return step
}

test('success and error chunks come out of single bytes', () => {
  const ssz = new Uint8Array(25).fill(3)
  assert.deepEqual(pushBytewise(new ResponseDecoder(25), encodeResponse(0, ssz)), {
    status: 'done',
    value: { resultCode: 0, bytes: ssz },
    restBytes: 0,
  })
  const step = pushBytewise(new ResponseDecoder(25), encodeErrorResponse(139, 'slow down'))
  assert.ok(step.status === 'done')
  assert.equal(step.value.resultCode, 139)
  assert.equal(Buffer.from(step.value.bytes).toString(), 'slow down')
})

test('an error text is cut at 256 bytes on the way out and refused above on the way in', () => {
  const step = new ResponseDecoder(8).push(encodeErrorResponse(2, 'x'.repeat(5000)))
  assert.ok(step.status === 'done')
  assert.equal(step.value.bytes.length, 256)
  const tooLong = new ResponseDecoder(8).push(encodeResponse(2, new Uint8Array(257)))
  assert.equal(tooLong.status === 'error' && tooLong.kind, 'bad_length')
})

test('an empty error text is fine', () => {
  const step = pushBytewise(new ResponseDecoder(8), encodeErrorResponse(1, ''))
  assert.ok(step.status === 'done')
  assert.equal(step.value.bytes.length, 0)
})

test('the result code is known from the first byte', () => {
  const decoder = new ResponseDecoder(8)
  assert.equal(decoder.resultCode, undefined)
  decoder.push(Uint8Array.of(3))
  assert.equal(decoder.resultCode, 3)
})

test('a success chunk of another size than the type is refused', () => {
  const step = new ResponseDecoder(84).push(encodeResponse(0, new Uint8Array(92)))
  assert.equal(step.status === 'error' && step.kind, 'bad_length')
})

test('random bytes end in one of the documented steps', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }), (chunks) => {
      const decoder = new ResponseDecoder(25)
      for (const chunk of chunks) {
        const step = decoder.push(chunk)
        if (step.status === 'need_more') continue
        assert.ok(step.status === 'error' || step.value.bytes.length <= 256)
        return
      }
    }),
    { numRuns: 1000 },
  )
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encodeRequest } from '../../../../../src/network-worker/reqresp/codec/framing.ts'
import {
  type Decoder,
  type DecodeStep,
  MessageDecoder,
} from '../../../../../src/network-worker/reqresp/codec/message-decoder.ts'

/** Feeds `wire` in pieces cut at `cuts`; stops at the first step that is not "need more". */
function feed<T>(decoder: Decoder<T>, wire: Uint8Array, cuts: readonly number[]): DecodeStep<T> {
  const edges = [...new Set([...cuts.map((cut) => cut % (wire.length + 1)), wire.length])].sort((a, b) => a - b)
  let step: DecodeStep<T> = { status: 'need_more' }
  let start = 0
  for (const end of edges) {
    step = decoder.push(wire.subarray(start, end))
    if (step.status !== 'need_more') return step
    start = end
  }
  return step
}

const cuts = fc.array(fc.nat(), { maxLength: 12 })

test('a message comes out whole however it is cut', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), cuts, (ssz, at) => {
      const step = feed(new MessageDecoder(ssz.length, ssz.length), encodeRequest(ssz), at)
      assert.deepEqual(step, { status: 'done', value: ssz, restBytes: 0 })
    }),
  )
})

test('bytes after the message are counted and left alone', () => {
  const ssz = new Uint8Array(84).fill(7)
  const wire = Buffer.concat([encodeRequest(ssz), Buffer.from('more')])
  assert.deepEqual(new MessageDecoder(84, 84).push(wire), { status: 'done', value: ssz, restBytes: 4 })
})

test('a cut-off message is never done', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), fc.nat(), (ssz, cut) => {
      const wire = encodeRequest(ssz)
      const step = new MessageDecoder(ssz.length, ssz.length).push(wire.subarray(0, cut % wire.length))
      assert.equal(step.status, 'need_more')
    }),
  )
})

test('random bytes end in one of the documented steps and never exceed the bound', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), cuts, (wire, at) => {
      const step = feed(new MessageDecoder(0, 64), wire, at)
      assert.ok(step.status !== 'done' || step.value.length <= 64)
    }),
    { numRuns: 1000 },
  )
})

for (const [what, bytes] of [
  ['a length below the type', [83]],
  ['a length above the type', [85]],
  ['a length of 2 MiB', [0x80, 0x80, 0x80, 0x01]],
  ['a length of ten full bytes', new Array(10).fill(0xff)],
  ['a length prefix that does not end', new Array(11).fill(0x80)],
  ['a length prefix with idle bytes', [0x84, 0x80, 0x00]],
] as const) {
  test(`${what} is refused before any frame`, () => {
    const step = new MessageDecoder(84, 84).push(Uint8Array.from(bytes))
    assert.equal(step.status === 'error' && step.kind, 'bad_length')
  })
}

test('padding frames without end are cut short', () => {
  const decoder = new MessageDecoder(84, 84)
  const identifier = Uint8Array.of(0xff, 6, 0, 0, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59)
  const padding = Uint8Array.of(0xfe, 4, 0, 0, 0, 0, 0, 0)
  let step = decoder.push(Buffer.concat([Uint8Array.of(84), identifier]))
  let pushed = 0
  while (step.status === 'need_more' && pushed < 1000) {
    step = decoder.push(padding)
    pushed += 1
  }
  assert.equal(step.status === 'error' && step.kind, 'bad_frame')
  assert.ok(pushed < 30, `${pushed} padding frames`)
})

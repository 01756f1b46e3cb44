import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FrameCutter } from '../../../../../src/network-worker/host/noise/frame-cutter.ts'

const short = fc.uint8Array({ maxLength: 40 })
const long = fc.integer({ min: 1000, max: 65_535 }).map((length) => new Uint8Array(length).fill(length % 251))
const frames = fc.array(fc.oneof({ arbitrary: short, weight: 4 }, long), { maxLength: 8 })

function framed(bodies: readonly Uint8Array[]): Buffer {
  return Buffer.concat(bodies.flatMap((body) => [Uint8Array.of(body.length >> 8, body.length & 0xff), body]))
}

/** The stream in pieces, each a copy of its own. */
function pieces(stream: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const made: Uint8Array[] = []
  let at = 0
  for (let turn = 0; at < stream.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    made.push(stream.slice(at, at + size))
    at += size
  }
  return made
}

test('however the stream is cut into pieces, the same frames come out', () => {
  const sizes = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 70_000 })), {
    minLength: 1,
  })
  fc.assert(
    fc.property(
      frames,
      sizes.filter((list) => list.some((size) => size > 0)),
      (bodies, list) => {
        const taken: Buffer[] = []
        const cutter = new FrameCutter((bytes, start, end) => taken.push(Buffer.from(bytes.subarray(start, end))) > 0)
        for (const piece of pieces(framed(bodies), list)) cutter.push(piece)
        assert.equal(taken.length, bodies.length)
        for (const [at, body] of bodies.entries()) assert.ok(taken[at]?.equals(body), `frame ${at}`)
        assert.equal(cutter.waitingBytes, 0)
      },
    ),
  )
})

test('any bytes at all are frames and a rest of one at most', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (chunks) => {
      let cut = 0
      const cutter = new FrameCutter((_bytes, start, end) => {
        cut += 2 + end - start
        return true
      })
      for (const chunk of chunks) cutter.push(chunk)
      const all = chunks.reduce((sum, { length }) => sum + length, 0)
      assert.equal(cut + cutter.waitingBytes, all)
      assert.ok(cutter.waitingBytes < 65_537)
    }),
  )
})

test('nothing is cut after the taker has said no', () => {
  for (const split of [0, 1, 2, 3]) {
    let taken = 0
    const cutter = new FrameCutter(() => ++taken < 2)
    const stream = framed([Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3), Uint8Array.of(4)])
    cutter.push(stream.subarray(0, split))
    cutter.push(stream.subarray(split))
    assert.equal(taken, 2)
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CipherState } from '../../../../../src/network-worker/host/noise/cipher-state.ts'
import { FrameCutter } from '../../../../../src/network-worker/host/noise/frame-cutter.ts'
import { FrameSealer } from '../../../../../src/network-worker/host/noise/frame-sealer.ts'

const KEY = new Uint8Array(32).fill(9)
/** Noise's longest message without its tag (noise framework, revision 34, section 3). */
const LONGEST_PLAINTEXT = 65_535 - 16

function sealer(): FrameSealer {
  return new FrameSealer({ count: () => undefined })
}

/** The plaintext of each frame. */
function opened(sealed: Uint8Array): Buffer[] {
  const cipher = new CipherState(KEY)
  const frames: Buffer[] = []
  const cutter = new FrameCutter((bytes, start, end) => {
    cipher.openInPlace(bytes, start, end)
    frames.push(Buffer.from(bytes.subarray(start, end - 16)))
    return true
  })
  cutter.push(Buffer.from(sealed))
  assert.equal(cutter.waitingBytes, 0)
  return frames
}

test('pieces of any lengths become frames of the longest that noise has and a rest, borrowed or not', () => {
  const lengths = fc.array(fc.oneof(fc.nat(300), fc.nat(70_000), fc.constant(LONGEST_PLAINTEXT)), { maxLength: 6 })
  fc.assert(
    fc.property(lengths, fc.boolean(), (wanted, isBorrowed) => {
      const pieces = wanted.map((length, at) => Buffer.alloc(length, at + 1))
      const plaintext = Buffer.concat(pieces)
      if (plaintext.length === 0) return
      const frames = opened(sealer().seal(new CipherState(KEY), pieces, plaintext.length, isBorrowed))
      assert.ok(Buffer.concat(frames).equals(plaintext))
      assert.ok(frames.slice(0, -1).every(({ length }) => length === LONGEST_PLAINTEXT))
    }),
    { numRuns: 60 },
  )
})

test('what is not to be held up is a frame of its own in front of the others', () => {
  const lengths = fc.tuple(fc.integer({ min: 1, max: 900 }), fc.nat(200_000))
  fc.assert(
    fc.property(lengths, fc.boolean(), ([frontBytes, restBytes], isBorrowed) => {
      const [front, rest] = [Buffer.alloc(frontBytes, 1), Buffer.alloc(restBytes, 2)]
      const pieces = [front.subarray(0, 1), front.subarray(1), rest]
      const sealed = sealer().seal(new CipherState(KEY), pieces, frontBytes + restBytes, isBorrowed, frontBytes)
      const [first, ...others] = opened(sealed)
      assert.ok(first?.equals(front))
      assert.ok(Buffer.concat(others).equals(rest))
      assert.ok(others.slice(0, -1).every(({ length }) => length === LONGEST_PLAINTEXT))
    }),
    { numRuns: 60 },
  )
})

for (const bytes of [100, 100_000]) {
  test(`a room for ${bytes} bytes is used again, until it is given away or was not to be borrowed`, () => {
    const made: number[] = []
    const sealing = new FrameSealer({ count: (count) => made.push(count) })
    const seal = (isBorrowed: boolean): Uint8Array =>
      sealing.seal(new CipherState(KEY), [new Uint8Array(bytes)], bytes, isBorrowed)
    const first = seal(true)
    const copy = Buffer.from(first)
    assert.equal(seal(true).buffer, first.buffer)
    assert.notEqual(seal(false).buffer, first.buffer)
    assert.equal(made.length, 1)
    sealing.giveAway(first)
    assert.notEqual(seal(true).buffer, first.buffer)
    assert.equal(made.length, 2)
    assert.ok(copy.equals(first), 'what was given away is left alone')
  })
}

test('the longest that the muxer hands over at once has a room, with an IDONTWANT in front as well', () => {
  const made: number[] = []
  const sealing = new FrameSealer({ count: (count) => made.push(count) })
  const pieces = [new Uint8Array(12 + 27), ...new Array<Uint8Array>(4).fill(new Uint8Array(LONGEST_PLAINTEXT))]
  const bytes = 12 + 27 + 4 * LONGEST_PLAINTEXT
  const seal = (): Uint8Array => sealing.seal(new CipherState(KEY), pieces, bytes, true, 12 + 27)
  assert.equal(seal().buffer, seal().buffer)
  assert.deepEqual(made, [])
})

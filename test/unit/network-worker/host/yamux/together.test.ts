/** What is sent together with something short in front of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { framesIn } from './frames.ts'
import { MuxerPair, Reader } from './muxer-pair.ts'

/** One frame of noise less its tag and the muxer's header. */
const LONGEST_DATA = 65_519 - 12

async function openPair() {
  const pair = new MuxerPair()
  const [near, far] = await pair.open()
  return { pair, near, reader: new Reader(far) }
}

test('the short one is a frame of its own, in front', async () => {
  const { pair, near } = await openPair()
  near.sendTogether(Uint8Array.of(1, 2), new Uint8Array(100_000))
  const frames = framesIn(pair.clientEnd.waiting)
  assert.deepEqual(
    frames.map(({ type, length }) => [type, length]),
    [
      [0, 2],
      [0, LONGEST_DATA],
      [0, 100_000 - LONGEST_DATA],
    ],
  )
})

test('everything comes whole and in order, whatever waits and however little the window leaves', async () => {
  const sizes = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.nat(300_000)), { minLength: 1, maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(sizes, async (wanted) => {
      const { pair, near, reader } = await openPair()
      const sent: Uint8Array[] = []
      for (const [index, [frontBytes, restBytes]] of wanted.entries()) {
        const [front, rest] = [Buffer.alloc(frontBytes, index + 1), Buffer.alloc(restBytes, index + 101)]
        near.sendTogether(front, rest)
        sent.push(front, rest)
      }
      await pair.settle()
      assert.ok(reader.bytes.equals(Buffer.concat(sent)))
      assert.equal(near.writeBufferLength, 0)
    }),
    { numRuns: 30 },
  )
})

test('a stream that is closed takes neither', async () => {
  const { near } = await openPair()
  await near.close()
  assert.throws(() => near.sendTogether(Uint8Array.of(1), Uint8Array.of(2)), /closed/)
})

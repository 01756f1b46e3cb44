/** What is sent together with something short in front of it. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { framesIn } from './frames.ts'
import { MuxerPair, Reader } from './muxer-pair.ts'

/** One frame of noise less its tag and the muxer's header. */
const LONGEST_DATA = 65_519 - 12
/** Of a new stream. */
const WINDOW_BYTES = 256 * 1024

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

/** A wire that takes so much before it asks to be sent nothing, and whether the sender was told to wait and to go on. */
async function openNarrow(capacityBytes: number) {
  const pair = new MuxerPair({}, capacityBytes)
  const [near, far] = await pair.open()
  const told: string[] = []
  near.addEventListener('drain', () => void told.push('drain'))
  return { pair, near, reader: new Reader(far), told }
}

test('a connection that is full after both has the sender wait, and says when it is not', async () => {
  const { pair, near, reader, told } = await openNarrow(1000)
  const rest = randomBytes(400_000)
  assert.equal(near.sendTogether(Uint8Array.of(1), rest), false)
  assert.ok(near.writeBufferLength > 0, 'a batch went, and the rest waits')
  assert.deepEqual([near.writableNeedsDrain, told], [true, []])
  await pair.settle()
  assert.ok(reader.bytes.equals(Buffer.concat([Uint8Array.of(1), rest])))
  assert.deepEqual([near.writableNeedsDrain, near.writeBufferLength, told], [false, 0, ['drain']])
})

test('on a connection that is full already both wait, and come in their order', async () => {
  const { pair, near, reader, told } = await openNarrow(10)
  assert.equal(near.send(Uint8Array.of(1, 2, 3)), false)
  assert.equal(near.sendTogether(Uint8Array.of(4), Uint8Array.of(5, 6)), false)
  assert.equal(near.writeBufferLength, 3)
  await pair.settle()
  assert.deepEqual([...reader.bytes], [1, 2, 3, 4, 5, 6])
  assert.deepEqual(told, ['drain'])
})

for (const [left, lengths] of [
  [0, []],
  [1, [1]],
  [27, [27]],
  [28, [27, 1]],
  [100, [27, 73]],
] as const) {
  test(`a window of ${left} bytes: so much of both goes, and all of it once there is more`, async () => {
    const { pair, near, reader } = await openPair()
    const [far] = pair.accepted
    far?.pause()
    const before = new Uint8Array(WINDOW_BYTES - left)
    near.send(before)
    await pair.settle()
    const [front, rest] = [Buffer.alloc(27, 1), Buffer.alloc(1000, 2)]
    assert.equal(near.sendTogether(front, rest), false)
    const frames = framesIn(pair.clientEnd.waiting)
    assert.deepEqual(
      frames.map(({ length }) => length),
      lengths,
    )
    assert.equal(near.writeBufferLength, 1027 - left)
    far?.resume()
    await pair.settle()
    assert.ok(reader.bytes.equals(Buffer.concat([before, front, rest])))
    assert.deepEqual([near.writeBufferLength, near.writableNeedsDrain], [0, false])
  })
}

test('a reset while the rest waits leaves nothing of it, and nothing of either goes any more', async () => {
  const { pair, near } = await openPair()
  pair.accepted[0]?.pause()
  assert.equal(near.sendTogether(Uint8Array.of(1), new Uint8Array(1_000_000)), false)
  pair.accepted[0]?.abort(new Error('enough'))
  await pair.settle()
  assert.deepEqual([near.status, near.writeBufferLength], ['reset', 0])
  assert.throws(() => near.sendTogether(Uint8Array.of(1), Uint8Array.of(2)), /closed/)
  await pair.settle()
  assert.deepEqual(pair.clientEnd.waiting, [])
})

test('a connection that fails takes neither, tells so, and keeps nothing of the rest', async () => {
  const { pair, near } = await openPair()
  pair.clientEnd.send = () => {
    throw new Error('gone')
  }
  assert.throws(() => near.sendTogether(Uint8Array.of(1), new Uint8Array(1_000_000)), /gone/)
  assert.deepEqual([near.status, near.writeBufferLength], ['aborted', 0])
})

test('as the first words on a stream they open it', async () => {
  const pair = new MuxerPair()
  const near = await pair.client.createStream()
  near.sendTogether(Uint8Array.of(1), Uint8Array.of(2, 3))
  await pair.settle()
  const [far] = pair.accepted
  assert.ok(far !== undefined && pair.accepted.length === 1)
  const reader = new Reader(far)
  await pair.settle()
  assert.deepEqual([...reader.bytes], [1, 2, 3])
})

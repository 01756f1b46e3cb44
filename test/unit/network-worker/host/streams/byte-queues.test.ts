import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SendQueue } from '../../../../../src/network-worker/host/streams/send-queue.ts'
import { UnreadBytes } from '../../../../../src/network-worker/host/streams/unread-bytes.ts'

const piece = fc.uint8Array({ maxLength: 6000, minLength: 0 })

test('what waits to be sent comes in order, in whatever amounts it is taken', () => {
  const step = fc.record({ push: piece, take: fc.nat(9000) })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const queue = new SendQueue()
      const pushed: Uint8Array[] = []
      const taken: Uint8Array[] = []
      for (const { push, take } of steps) {
        queue.push(push)
        pushed.push(push)
        queue.takeTo(taken, Math.min(take, queue.bytes))
      }
      queue.takeTo(taken, queue.bytes)
      assert.equal(queue.bytes, 0)
      assert.ok(Buffer.concat(taken).equals(Buffer.concat(pushed)))
    }),
  )
})

test('nothing that waits to be sent is copied, and there is no more of it than there is', () => {
  const queue = new SendQueue()
  const bytes = Uint8Array.of(1, 2, 3)
  queue.push(bytes)
  const taken: Uint8Array[] = []
  queue.takeTo(taken, 2)
  assert.equal(taken[0]?.buffer, bytes.buffer)
  assert.throws(() => queue.takeTo(taken, 2), RangeError)
})

test('what waits to be read comes in order, with what is put back before it', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('push' as const), bytes: piece }),
    fc.record({ kind: fc.constant('unshift' as const), bytes: piece }),
    fc.record({ kind: fc.constant('shift' as const), bytes: piece }),
  )
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const unread = new UnreadBytes()
      let model = Buffer.alloc(0)
      for (const { kind, bytes } of steps) {
        if (kind === 'push') {
          unread.push(bytes)
          model = Buffer.concat([model, bytes])
        } else if (kind === 'unshift') {
          unread.unshift(bytes)
          model = Buffer.concat([bytes, model])
        } else {
          const shifted = unread.shift() ?? new Uint8Array()
          assert.ok(model.subarray(0, shifted.length).equals(shifted))
          model = model.subarray(shifted.length)
        }
        assert.equal(unread.bytes, model.length)
      }
    }),
  )
})

test('single bytes of long stretches hold no more memory than they are', () => {
  const unread = new UnreadBytes()
  for (let n = 0; n < 10_000; n++) unread.push(new Uint8Array(65_519).subarray(n % 100, (n % 100) + 1))
  let pieces = 0
  const buffers = new Set<ArrayBufferLike>()
  for (let got = unread.shift(); got !== undefined; got = unread.shift()) {
    pieces++
    buffers.add(got.buffer)
  }
  assert.ok(pieces <= 10_000 / 4096 + 1)
  assert.ok([...buffers].every(({ byteLength }) => byteLength <= 8192))
})

test('a stretch of a chunk of the socket, which is a Buffer, does not keep the chunk', () => {
  const unread = new UnreadBytes()
  unread.push(Buffer.alloc(65_536).subarray(100, 5100))
  assert.equal(unread.shift()?.buffer.byteLength, 5000)
})

test('what is put back is a copy, of a Buffer too', () => {
  const unread = new UnreadBytes()
  const bytes = Buffer.from([1, 2, 3])
  unread.unshift(bytes)
  bytes.fill(9)
  assert.deepEqual([...(unread.shift() ?? [])], [1, 2, 3])
})

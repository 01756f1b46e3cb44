import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RecentRoots } from '../../../../../src/network-worker/validation/verify/recent-roots.ts'

function scene() {
  const worked: number[] = []
  const roots = new RecentRoots((bytes) => {
    worked.push(bytes[0] ?? -1)
    return new Uint8Array(32).fill(bytes[0] ?? 0)
  })
  const of = (byte: number): number | undefined => roots.of(new Uint8Array(128).fill(byte))[31]
  return { worked, of }
}

test('a root is worked out once, and is that of its bytes', () => {
  const { worked, of } = scene()
  assert.deepEqual([of(1), of(2), of(1), of(2)], [1, 2, 1, 2])
  assert.deepEqual(worked, [1, 2])
})

test('some dozens are remembered, and the first of more is forgotten', () => {
  const { worked, of } = scene()
  for (let byte = 0; byte <= 64; byte++) of(byte)
  of(1)
  assert.equal(worked.length, 65)
  of(0)
  assert.deepEqual(worked.slice(65), [0])
})

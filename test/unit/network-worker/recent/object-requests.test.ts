import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ByteVectorType, ContainerType, ListBasicType, ListCompositeType, UintNumberType } from '@chainsafe/ssz'
import fc from 'fast-check'
import {
  decodeBlocksByRange,
  decodeBlocksByRoot,
  decodeColumnsByRange,
  decodeColumnsByRoot,
  encodeBlocksByRange,
} from '../../../../src/network-worker/recent/object-requests.ts'

const uint64 = new UintNumberType(8)
const root = new ByteVectorType(32)
const columns = new ListBasicType(uint64, 128)
const blockRange = new ContainerType({ startSlot: uint64, count: uint64, step: uint64 })
const columnRange = new ContainerType({ startSlot: uint64, count: uint64, columns })
const identifiers = new ListCompositeType(new ContainerType({ blockRoot: root, columns }), 128)

test('a range of blocks: capped at 128, whatever its step, invalid when empty', () => {
  const decode = (startSlot: number, count: number, step: number) =>
    decodeBlocksByRange(blockRange.serialize({ startSlot, count, step }))
  assert.deepEqual(decode(7, 3, 1), { startSlot: 7, count: 3 })
  assert.deepEqual(decode(7, 3, 9), { startSlot: 7, count: 3 })
  assert.deepEqual(decode(7, 100_000, 0), { startSlot: 7, count: 128 })
  assert.equal(decode(7, 0, 1), undefined)
})

test('a range that we ask for is read by another decoder as it was meant, step 1 included', () => {
  const slots = fc.record({ startSlot: fc.nat(), count: fc.integer({ min: 1, max: 128 }) }, { noNullPrototype: true })
  fc.assert(
    fc.property(slots, (range) => {
      const bytes = encodeBlocksByRange(range)
      assert.deepEqual(blockRange.deserialize(bytes), { ...range, step: 1 })
      assert.deepEqual(decodeBlocksByRange(bytes), range)
    }),
  )
})

test('columns by range and by root are read as another encoder writes them', () => {
  const bytes = columnRange.serialize({ startSlot: 9, count: 2, columns: [5, 3, 5, 200] })
  assert.deepEqual(decodeColumnsByRange(bytes), { startSlot: 9, count: 2, columns: [3, 5] })
  const asked = [
    { blockRoot: Buffer.alloc(32, 1), columns: [127, 0] },
    { blockRoot: Buffer.alloc(32, 2), columns: [] },
  ]
  assert.deepEqual(decodeColumnsByRoot(identifiers.serialize(asked)), [
    { rootHex: '01'.repeat(32), columns: [0, 127] },
    { rootHex: '02'.repeat(32), columns: [] },
  ])
  assert.deepEqual(decodeColumnsByRoot(new Uint8Array()), [])
})

test('roots are asked for once, in order, and 1,024 at most', () => {
  const roots = [3, 1, 3, 2].map((byte) => Buffer.alloc(32, byte))
  assert.deepEqual(
    decodeBlocksByRoot(Buffer.concat(roots)),
    ['03', '01', '02'].map((hex) => hex.repeat(32)),
  )
  assert.equal(decodeBlocksByRoot(Buffer.alloc(33)), undefined)
  assert.equal(decodeBlocksByRoot(Buffer.alloc(1025 * 32)), undefined)
})

test('no bytes make a decoder throw or answer with more than it may', () => {
  const identifier = fc.uint8Array({ maxLength: 120 })
  const headed = fc.tuple(fc.nat(40), identifier).map(([at, rest]) => Uint8Array.of(at, 0, 0, 0, ...rest))
  fc.assert(
    fc.property(fc.oneof(identifier, headed), (bytes) => {
      const range = decodeBlocksByRange(bytes)
      assert.ok(range === undefined || (range.count >= 1 && range.count <= 128))
      const columnsAsked = decodeColumnsByRange(bytes)
      for (const column of columnsAsked?.columns ?? []) assert.ok(column < 128)
      for (const { rootHex, columns: asked } of decodeColumnsByRoot(bytes) ?? []) {
        assert.equal(rootHex.length, 64)
        for (const column of asked) assert.ok(column < 128)
      }
      decodeBlocksByRoot(bytes)
    }),
    { numRuns: 1000 },
  )
})

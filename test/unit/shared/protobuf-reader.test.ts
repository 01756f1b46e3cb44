import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ProtobufReader, tagOf } from '../../../src/shared/protobuf-reader.ts'

/** Of 64 bits and more, in `least` bytes at least: a varint may have more than it needs. */
function varint(value: bigint, least = 1): number[] {
  const bytes: number[] = []
  for (let left = value; left > 0n || bytes.length < least; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80)
  const last = bytes.pop() ?? 0
  return [...bytes, last & 0x7f]
}

function readerOf(...parts: readonly (readonly number[])[]): ProtobufReader {
  return new ProtobufReader(Uint8Array.from(parts.flat()))
}

test('a number is read as it is up to 2⁵³, however many bytes it takes, and those above are never less', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.integer({ min: 1, max: 10 }), (value, least) => {
      const reader = readerOf(varint(value, least), [1])
      const read = reader.varint()
      if (value < 2n ** 53n) assert.equal(read, Number(value))
      else assert.ok(read >= 2 ** 53)
      assert.equal(reader.varint(), 1, 'what comes behind it is next')
    }),
  )
})

test('a number that does not end, or not within ten bytes, is none', () => {
  for (let length = 0; length < 10; length++) {
    assert.throws(() => readerOf(Array.from({ length }, () => 0x80)).varint())
  }
  assert.equal(readerOf([...Array.from({ length: 9 }, () => 0x80), 1]).varint(), 2 ** 63)
  assert.throws(() => readerOf([...Array.from({ length: 10 }, () => 0x80), 1]).varint())
})

test('a length of more than 32 bits is not taken for its low ones', () => {
  for (const bits of [32n, 33n, 35n, 53n, 63n]) {
    const length = varint(2n ** bits + 1n)
    assert.throws(() => readerOf(length, [9]).view())
    assert.throws(() => readerOf(length, [9]).span())
    assert.throws(() => readerOf(length, [9]).enter())
    assert.throws(() => readerOf(length, [9]).skip(tagOf(1)))
  }
})

test('a tag of more than 32 bits is that of no field', () => {
  const reader = readerOf(varint(2n ** 32n + 8n), varint(5n))
  const tag = reader.varint()
  assert.notEqual(tag, tagOf(1, 0))
  assert.throws(() => reader.skip(tag))
  const greatest = tagOf(2 ** 29 - 1, 0)
  const last = readerOf(varint(BigInt(greatest)), varint(2n ** 64n - 1n))
  assert.equal(last.varint(), greatest)
  last.skip(greatest)
  assert.equal(last.at, last.end)
})

test('fields of all types that there are can be passed over, as far as they are there', () => {
  for (const [tag, bytes] of [
    [tagOf(1, 0), varint(300n)],
    [tagOf(1, 1), [1, 2, 3, 4, 5, 6, 7, 8]],
    [tagOf(1, 2), [2, 9, 9]],
    [tagOf(1, 5), [1, 2, 3, 4]],
  ] as const) {
    const whole = readerOf(bytes, [7])
    whole.skip(tag)
    assert.equal(whole.varint(), 7)
    assert.throws(() => readerOf(bytes.slice(0, -1)).skip(tag))
  }
  for (const type of [3, 4, 6, 7]) assert.throws(() => readerOf([1, 2, 3, 4, 5, 6, 7, 8]).skip(tagOf(1, type)))
})

test('a message within another is read to its own end', () => {
  const reader = readerOf([2, 7, 8], [9])
  const outerEnd = reader.enter()
  assert.deepEqual([reader.varint(), reader.varint(), reader.at], [7, 8, reader.end])
  assert.throws(() => reader.varint())
  reader.end = outerEnd
  assert.equal(reader.varint(), 9)
})

const READS: readonly ((reader: ProtobufReader) => unknown)[] = [
  (reader) => reader.varint(),
  (reader) => reader.view(),
  (reader) => reader.span(),
  (reader) => reader.enter(),
  (reader) => reader.skip(reader.varint()),
]

test('whatever is read of any bytes is within them, or an error', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 40 }),
      fc.array(fc.constantFrom(...READS), { maxLength: 10 }),
      (bytes, reads) => {
        const reader = new ProtobufReader(bytes)
        try {
          for (const read of reads) read(reader)
        } catch (error) {
          assert.ok(error instanceof Error && /not a protobuf message/.test(error.message))
        }
        assert.ok(reader.at <= reader.end && reader.end <= bytes.length)
      },
    ),
  )
})

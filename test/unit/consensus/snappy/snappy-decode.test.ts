import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compressSync, uncompressSync } from 'snappy'
import { snappyUncompressedLength } from '../../../../src/consensus/snappy/snappy-block.ts'
import { decodeElements } from '../../../../src/consensus/snappy/snappy-decode.ts'
import { MAX_PAYLOAD_SIZE } from '../../../../src/consensus/ssz/ssz-bounds.ts'
import { REAL_FORKS, realNetwork } from '../../../support/real-objects.ts'

const MAX_LENGTH = 4096
const FRONT = Uint8Array.of(7, 8, 9)

/** What the library makes of a block. */
function byLibrary(block: Uint8Array): Uint8Array | undefined {
  try {
    return new Uint8Array(uncompressSync(block) as Buffer)
  } catch {
    return undefined
  }
}

/** Ours, as it is lent. What goes in front of it must be there. */
function byUs(block: Uint8Array): Uint8Array | undefined {
  const length = snappyUncompressedLength(block) ?? 0
  const from = block.findIndex((byte) => byte < 0x80) + 1
  const decoded = decodeElements(block, from, length, FRONT)
  if (decoded === undefined) return undefined
  assert.deepEqual(decoded.slice(0, FRONT.length), FRONT)
  return decoded.slice(FRONT.length)
}

function assertAlike(block: Uint8Array): void {
  const length = snappyUncompressedLength(block)
  if (length === undefined || length > MAX_LENGTH) return
  assert.deepEqual(byUs(block), byLibrary(block))
}

function header(length: number): number[] {
  return length < 0x80 ? [length] : [(length & 0x7f) | 0x80, length >>> 7]
}

function littleEndian(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => Math.floor(value / 2 ** (8 * i)) % 256)
}

/** An element of the format, and how long the library may think it is. */
interface Element {
  readonly bytes: readonly number[]
  readonly length: number
}

/** A literal with its length in the tag (0) or in so many bytes behind it, whether it is long or not. */
const literals = fc
  .tuple(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat({ max: 4 }))
  .map(([data, size]): Element => {
    const fits = size === 0 ? data.subarray(0, 60) : size === 1 ? data.subarray(0, 256) : data
    const tag = size === 0 ? (fits.length - 1) << 2 : (59 + size) << 2
    return { bytes: [tag, ...littleEndian(fits.length - 1, size), ...fits], length: fits.length }
  })

const lengths = fc.integer({ min: 1, max: 64 })
/** Mostly short ones, some of which are there. */
const offsets = fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 400 }), fc.nat({ max: 2 ** 32 - 1 }))
const copies = fc.tuple(fc.constantFrom(1, 2, 4), lengths, offsets).map(([size, length, offset]): Element => {
  if (size === 1) {
    const short = 4 + (length % 8)
    return { bytes: [1 | ((short - 4) << 2) | (((offset >>> 8) & 7) << 5), offset & 0xff], length: short }
  }
  return { bytes: [(size === 2 ? 2 : 3) | ((length - 1) << 2), ...littleEndian(offset, size)], length }
})

/** Blocks of elements by the format's rules, but for offsets that may reach too far back, with a length that is right or nearly. */
const composed = fc
  .tuple(fc.array(fc.oneof(literals, copies, copies), { maxLength: 20 }), fc.constantFrom(0, 0, 0, 0, 1, -1))
  .map(([elements, error]) => {
    const length = elements.reduce((sum, element) => sum + element.length, 0)
    return Uint8Array.from([...header(Math.max(0, length + error)), ...elements.flatMap(({ bytes }) => bytes)])
  })

/** Compressed by the library: noise, runs, and periods of all lengths. */
const compressed = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 30 })), { maxLength: 12 })
  .map((parts) => {
    const bytes = parts.flatMap(([unit, times]) => Array.from({ length: times }, () => [...unit]).flat())
    return new Uint8Array(compressSync(Uint8Array.from(bytes.slice(0, MAX_LENGTH))))
  })

/** Bytes changed, left out, or cut off. */
const damaged = fc
  .tuple(fc.oneof(composed, compressed), fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 3 }), fc.nat())
  .map(([block, changes, cut]) => {
    const bytes = new Uint8Array(block)
    for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte
    return cut % 3 === 0 ? bytes.subarray(0, cut % (bytes.length + 1)) : bytes
  })

const garbage = fc.uint8Array({ maxLength: 200 })

for (const [name, blocks] of Object.entries({ composed, compressed, damaged, garbage })) {
  test(`property: as the library decodes it, or refuses it: ${name}`, () => {
    fc.assert(fc.property(blocks, assertAlike), { numRuns: 2000 })
  })
}

test('every first tag, with little behind it and with much', () => {
  for (let tag = 0; tag < 256; tag++) {
    for (const size of [0, 1, 2, 3, 4, 5, 70, 300]) {
      const lengthsAnnounced = [1, 4, 60, 61, 64, 65, 257]
      for (const length of lengthsAnnounced) {
        const rest = Array.from({ length: size }, (_, i) => (i === 0 ? length - 1 : 0))
        assertAlike(Uint8Array.from([...header(length), tag, ...rest]))
      }
    }
  }
})

test('a copy of each length from each distance', () => {
  const literal = Array.from({ length: 60 }, (_, i) => i + 1)
  for (let offset = 1; offset <= 60; offset++) {
    for (let length = 1; length <= 64; length++) {
      const block = Uint8Array.from([...header(60 + length), 59 << 2, ...literal, 2 | ((length - 1) << 2), offset, 0])
      assertAlike(block)
    }
  }
})

test('offsets of four bytes reach over 64 kB', () => {
  const noise = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 2654435761) >>> 24)
  const head = [0xf4, 0xa2, 0x04, 61 << 2, ...littleEndian(69_999, 2)]
  // 70,000 does not fit into two bytes of length.
  head.splice(3, 3, 62 << 2, ...littleEndian(69_999, 3))
  const block = Uint8Array.from([...head, ...noise, 3 | (3 << 2), ...littleEndian(70_000, 4)])
  assert.equal(snappyUncompressedLength(block), 70_004)
  assert.deepEqual(byUs(block), byLibrary(block))
  assert.deepEqual(byUs(block)?.subarray(70_000), noise.subarray(0, 4))
})

test('what real clients compressed', () => {
  let count = 0
  for (const fork of REAL_FORKS) {
    for (const { compressed: block } of realNetwork(fork).objects) {
      assert.deepEqual(byUs(block), byLibrary(block))
      count++
    }
  }
  assert.ok(count > 100)
})

test('what came before shows in nothing that comes later, whatever was refused between', () => {
  const secret = new Uint8Array(300).fill(0x5e)
  const reaching = Uint8Array.of(40, 0, 1, 2 | (38 << 2), 2, 0)
  for (const block of [reaching, Uint8Array.of(40, 0, 1), Uint8Array.of(40, 62 << 2, 39, 0)]) {
    assert.ok(byUs(new Uint8Array(compressSync(secret))) !== undefined)
    assert.equal(byUs(block), undefined)
  }
})

test('long ones and short ones by turns, up to the longest payload', () => {
  for (const length of [100, 3_000_000, 100, MAX_PAYLOAD_SIZE, 100]) {
    const payload = Uint8Array.from({ length }, (_, i) => (i * 2654435761) >>> 24)
    assert.equal(Buffer.compare(byUs(new Uint8Array(compressSync(payload))) ?? new Uint8Array(), payload), 0)
  }
})

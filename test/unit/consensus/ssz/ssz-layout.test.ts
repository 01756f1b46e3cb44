import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { FORK_NAMES } from '../../../../src/consensus/network-config.ts'
import { bitlistLength, isValidLayout, readOffset } from '../../../../src/consensus/ssz/ssz-layout.ts'
import {
  bitlist,
  bitvector,
  boolean,
  byteList,
  bytes,
  container,
  list,
  type SszType,
  uint64,
  vector,
} from '../../../../src/consensus/ssz/ssz-layout-type.ts'
import { gossipType } from '../../../../src/consensus/ssz-types/gossip-types.ts'
import { GOSSIP_KINDS } from '../../../../src/consensus/topic-table.ts'

/** Bytes as hex, spaces where they help to read. */
function isValid(type: SszType, hex: string): boolean {
  return isValidLayout(type, Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex')))
}

interface Example {
  readonly type: SszType
  readonly valid: readonly string[]
  readonly invalid: readonly string[]
}

const pair = container('Pair', { left: byteList(2), right: list(bytes(2), 2) })

const EXAMPLES: Readonly<Record<string, Example>> = {
  'a fixed run of bytes has its length': { type: bytes(2), valid: ['0000', 'ffff'], invalid: ['', '00', '000000'] },
  'a boolean is 0 or 1': { type: boolean, valid: ['00', '01'], invalid: ['', '02', '80', 'ff', '0100'] },
  'a byte list has a limit': { type: byteList(2), valid: ['', '00', 'ffff'], invalid: ['000000'] },
  'a bitvector has no bits behind its last': {
    type: bitvector(10),
    valid: ['0000', 'ff03'],
    invalid: ['ff', 'ff04', 'ff80', 'ff0300'],
  },
  'a bitvector of whole bytes has no padding': { type: bitvector(16), valid: ['ffff'], invalid: ['ff', 'ffffff'] },
  'a bitlist ends in a sentinel and has a limit': {
    type: bitlist(9),
    valid: ['01', '80', 'ff', 'ff01', 'ff03'],
    invalid: ['', '00', 'ff00', 'ff04', 'ff80', 'ffff01'],
  },
  'a bitlist whose limit fills its bytes needs one more': {
    type: bitlist(8),
    valid: ['ff', 'ff01'],
    invalid: ['ff02', 'ffff'],
  },
  'a list of fixed elements holds whole ones, up to its limit': {
    type: list(bytes(2), 2),
    valid: ['', '0000', '00000000'],
    invalid: ['00', '000000', '000000000000'],
  },
  'a list looks into its elements': { type: list(boolean, 4), valid: ['', '000101'], invalid: ['000201'] },
  'a vector has its number of elements': { type: vector(boolean, 2), valid: ['0001'], invalid: ['', '00', '000100'] },
  'a list of variable elements begins with their offsets': {
    type: list(byteList(2), 3),
    valid: ['', '04000000', '04000000 ffff', '08000000 09000000 ffff', '0c000000 0c000000 0c000000'],
    invalid: [
      '00',
      '000000',
      '00000000',
      '05000000 ff',
      '05000000 05000000',
      '06000000 06000000 0000',
      '08000000',
      '08000000 07000000 ff',
      '08000000 0a000000 ff',
      '04000000 ffffff',
      '10000000 10000000 10000000 10000000',
      'ffffffff ff',
    ],
  },
  'a vector of variable elements has so many offsets': {
    type: vector(byteList(1), 2),
    valid: ['08000000 08000000', '08000000 09000000 aabb'],
    invalid: ['', '04000000', '0c000000 0c000000 0c000000'],
  },
  'a container of fixed fields is as long as they are': {
    type: container('Flags', { first: boolean, number: bytes(2), last: boolean }),
    valid: ['00ffff01'],
    invalid: ['', '00ffff', '00ffff0100', '02ffff01', '00ffff02'],
  },
  'offsets of a container begin behind the fixed part, do not fall and stay within': {
    type: pair,
    valid: ['08000000 08000000', '08000000 09000000 ff', '08000000 0a000000 ffff eeee dddd'],
    invalid: [
      '',
      '080000',
      '08000000 080000',
      '07000000 08000000 ff',
      '09000000 09000000 ff',
      '08000000 07000000 ff',
      '08000000 0a000000 ff',
      '08000000 ffffffff ff',
      '08000000 0b000000 ffffff',
      '08000000 09000000 ff ee',
      '08000000 08000000 aaaa bbbb cccc',
    ],
  },
  'fixed and variable fields may take turns': {
    type: container('Mixed', { head: bytes(1), bits: bitlist(4), flag: boolean, tail: pair }),
    valid: ['aa 0a000000 00 0b000000 10 08000000 08000000'],
    invalid: [
      'aa 0a000000 02 0b000000 10 08000000 08000000',
      'aa 0a000000 00 0b000000 00 08000000 08000000',
      'aa 0a000000 00 0b000000 20 08000000 08000000',
      'aa 0a000000 00 0a000000 08000000 08000000',
      'aa 0a000000 00 0b000000 10 09000000 09000000 ff',
    ],
  },
}

for (const [rule, { type, valid, invalid }] of Object.entries(EXAMPLES)) {
  describe(rule, () => {
    for (const hex of valid) test(`valid: ${hex || 'nothing'}`, () => assert.equal(isValid(type, hex), true))
    for (const hex of invalid) test(`invalid: ${hex || 'nothing'}`, () => assert.equal(isValid(type, hex), false))
  })
}

test('the bytes around the object do not count', () => {
  const type = list(byteList(4), 2)
  const buffer = Uint8Array.from([4, 0, 0, 0, 0, 0, 0, 0])
  assert.equal(isValidLayout(type, buffer.subarray(0, 2)), false)
  assert.equal(isValidLayout(type, buffer.subarray(4)), false)
  assert.equal(isValidLayout(type, buffer.subarray(0, 6)), true)
})

test('lengths of variable types', () => {
  const type = container('Lengths', { number: uint64, bits: bitlist(16), lists: list(pair, 3) })
  assert.deepEqual([type.headBytes, type.minBytes, type.maxBytes], [16, 16 + 1, 16 + 3 + 3 * (4 + 8 + 2 + 4)])
  assert.equal(type.fixedBytes, undefined)
})

test('an offset is four bytes, little-endian and unsigned', () => {
  assert.equal(readOffset(Uint8Array.of(0, 0x12, 0x34, 0x56, 0xf8), 1), 0xf8563412)
  assert.equal(readOffset(Uint8Array.of(1, 2), 1), 2)
})

test('the length of a bitlist in bits', () => {
  const lengths = ['01', '03', '80', 'ff01', 'ff00', ''].map((hex) => {
    const ssz = Buffer.from(hex, 'hex')
    return bitlistLength(ssz, 0, ssz.length)
  })
  assert.deepEqual(lengths, [0, 1, 7, 8, undefined, undefined])
})

const transactions = list(byteList(2 ** 30), 2 ** 20)

/** As many empty transactions, each of them an offset to the end. */
function emptyTransactions(count: number): Uint8Array {
  const offsets = new Uint32Array(count).fill(4 * count)
  return new Uint8Array(offsets.buffer)
}

test('2**20 transactions and no more', () => {
  assert.equal(isValidLayout(transactions, emptyTransactions(2 ** 20)), true)
  assert.equal(isValidLayout(transactions, emptyTransactions(2 ** 20 + 1)), false)
})

test('property: any bytes are valid or not, of any gossip object', () => {
  const small = fc.uint8Array({ maxLength: 1200 })
  // Offsets that are likely to be followed: little numbers in four bytes each.
  const words = fc.array(fc.nat(400), { maxLength: 300 }).map((list) => new Uint8Array(Uint32Array.from(list).buffer))
  const presets = fc.constantFrom('mainnet' as const, 'minimal' as const)
  fc.assert(
    fc.property(
      fc.constantFrom(...GOSSIP_KINDS),
      fc.constantFrom(...FORK_NAMES),
      presets,
      fc.oneof(small, words),
      (kind, fork, preset, ssz) => {
        assert.equal(typeof isValidLayout(gossipType(kind, fork, preset), ssz), 'boolean')
      },
    ),
    { numRuns: 2000 },
  )
})

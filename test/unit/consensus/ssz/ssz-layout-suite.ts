/**
 * Holds the layout of every gossip object of every fork against @lodestar/types, for the preset that this process runs.
 *
 * Where the library differs from the specs, and what we do:
 * - Gloas' lists are progressive and have no limit in their types (EIP-7688); the gossip rules and state transition
 *   reject them by count. The library gives its types those counts as limits, and so do we.
 * - Deposit requests and the block access list of Gloas have no limit at all, at either.
 * - Attesting indices, aggregation bits and transactions of Gloas keep Electra's limits at both, though no gossip rule
 *   counts them. The specs refuse longer ones otherwise: as indexed attestations, as bits that are not the committee's,
 *   and because a message has no room for so many transactions.
 * In what it deserialises the library is as strict as the specs: no other difference is known, and none is let pass.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { PresetName } from '../../../../src/consensus/network-config.ts'
import { isValidLayout } from '../../../../src/consensus/ssz/ssz-layout.ts'
import { fieldRange } from '../../../../src/consensus/ssz/ssz-layout-fields.ts'
import type { ContainerType, SszType } from '../../../../src/consensus/ssz/ssz-layout-type.ts'
import { gossipType } from '../../../../src/consensus/ssz-types/gossip-types.ts'
import { activePreset, lodestarType, type ShapedType } from '../lodestar-shape.ts'
import { limitCases, valuesOf } from '../lodestar-values.ts'
import { landmarksOf, mutations } from './ssz-mutations.ts'
import { everyTopic } from './ssz-type-sizes.ts'

/** A type as plain data in which both sides look alike: numbers and fixed runs of bytes are bytes. */
type Description =
  | string
  | { readonly of: Description; readonly from: number; readonly to: number }
  | readonly (readonly [string, Description])[]

function describeOurs(type: SszType): Description {
  switch (type.kind) {
    case 'bytes':
      return type.fixedBytes === undefined ? `up to ${type.maxBytes} bytes` : `${type.fixedBytes} bytes`
    case 'boolean':
      return 'boolean'
    case 'bitvector':
      return `${type.minBytes * 8 - [...type.paddingMask.toString(2)].filter((digit) => digit === '1').length} bits`
    case 'bitlist':
      return `up to ${type.limitBits} bits`
    case 'sequence':
      return { of: describeOurs(type.element), from: type.minCount, to: type.maxCount }
    case 'container':
      return [...type.fields].map(([name, field]) => [name, describeOurs(field.type)] as const)
  }
}

function describeTheirs({ shape }: ShapedType): Description {
  switch (shape.kind) {
    case 'uint':
    case 'byteVector':
      return `${shape.bytes} bytes`
    case 'boolean':
      return 'boolean'
    case 'byteList':
      return `up to ${shape.limit} bytes`
    case 'bitvector':
      return `${shape.bits} bits`
    case 'bitlist':
      return `up to ${shape.limit} bits`
    case 'list':
      return { of: describeTheirs(shape.element), from: 0, to: shape.limit }
    case 'vector':
      return { of: describeTheirs(shape.element), from: shape.count, to: shape.count }
    case 'container':
      return shape.fields.map(({ name, type }) => [name, describeTheirs(type)] as const)
  }
}

/** Every field that can be reached through containers, where the library finds it in `ssz`. */
function* placesOf(
  { shape }: ShapedType,
  data: DataView,
  start: number,
  end: number,
  prefix = '',
): Generator<{ path: string; start: number; end: number }> {
  if (shape.kind !== 'container') return
  for (const [index, range] of shape.ranges(data, start, end).entries()) {
    const field = shape.fields[index]
    assert.ok(field !== undefined)
    const place = { path: prefix + field.name, start: start + range.start, end: start + range.end }
    yield place
    yield* placesOf(field.type, data, place.start, place.end, `${place.path}.`)
  }
}

/** The bytes somewhere in a larger buffer, as a decompressed message may lie. */
function embedded(ssz: Uint8Array): Uint8Array {
  const buffer = new Uint8Array(ssz.length + 40).fill(0xff)
  buffer.set(ssz, 13)
  return buffer.subarray(13, 13 + ssz.length)
}

const VALUES_A_TYPE = 15
const MUTATIONS_A_TYPE = 120

export function holdAgainstLodestar(preset: PresetName): void {
  test('the library runs the preset', () => {
    assert.equal(activePreset, preset)
  })
  const verdicts = { valid: 0, invalid: 0 }
  for (const { kind, fork } of everyTopic()) {
    const theirs = lodestarType(kind, fork)
    describe(`${preset} ${fork} ${kind}`, () => holdType(gossipType(kind, fork, preset), theirs, verdicts))
  }
  test('the mutations leave some objects valid and spoil others', () => {
    assert.ok(Math.min(verdicts.valid, verdicts.invalid) > 0.2 * (verdicts.valid + verdicts.invalid))
  })
}

function holdType(
  ours: ContainerType,
  theirs: ReturnType<typeof lodestarType>,
  verdicts: { valid: number; invalid: number },
): void {
  const serialised = valuesOf(theirs).map((value) => theirs.serialize(value))

  test('fields, their order, elements and limits are the library’s', () => {
    assert.deepEqual(describeOurs(ours), describeTheirs(theirs))
  })

  test('what the library serialises is valid, and its fields lie where we say', () => {
    fc.assert(
      fc.property(serialised, (ssz) => {
        assert.ok(isValidLayout(ours, embedded(ssz)))
        assert.ok(ours.minBytes <= ssz.length && ssz.length <= ours.maxBytes)
        const data = new DataView(ssz.buffer, ssz.byteOffset, ssz.length)
        for (const { path, start, end } of placesOf(theirs, data, 0, ssz.length)) {
          const range = fieldRange(ours, path)
          assert.deepEqual([path, range.start(ssz), range.end(ssz)], [path, start, end])
        }
      }),
      { numRuns: VALUES_A_TYPE },
    )
  })

  test('after any change it is valid exactly when the library can deserialise it', () => {
    fc.assert(
      fc.property(serialised, mutations, (ssz, mutate) => {
        const changed = mutate(ssz, landmarksOf(theirs, ssz))
        const isValid = theirs.accepts(changed)
        verdicts[isValid ? 'valid' : 'invalid'] += 1
        assert.equal(isValidLayout(ours, embedded(changed)), isValid)
      }),
      { numRuns: MUTATIONS_A_TYPE },
    )
  })

  for (const { path, atLimit, overLimit } of limitCases(theirs)) {
    test(`${path} may be as long as its limit and no longer`, () => {
      for (const [value, isValid] of [[atLimit, true] as const, [overLimit, false] as const]) {
        const ssz = theirs.serialize(value)
        assert.deepEqual([theirs.accepts(ssz), isValidLayout(ours, ssz)], [isValid, isValid])
      }
    })
  }
}

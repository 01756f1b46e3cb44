/** Values of the types of @lodestar/types: random ones, and those at the limits of their lists. */
import { BitArray } from '@chainsafe/ssz'
import fc from 'fast-check'
import type { Shape, ShapedField, ShapedType } from './lodestar-shape.ts'

/** Byte vectors above this are filled with one random byte, since a generator of each byte would only cost time. */
const FILLED_FROM_BYTES = 64
/** Elements of a list, and bits of a bitlist, that a random value has at most. */
const MAX_ELEMENTS = 3
const MAX_BITS = 40

type Value = unknown

function byteArrays(length: number): fc.Arbitrary<Uint8Array> {
  if (length < FILLED_FROM_BYTES) return fc.uint8Array({ minLength: length, maxLength: length })
  return fc.nat(255).map((byte) => new Uint8Array(length).fill(byte))
}

function bitArrays(bits: number): fc.Arbitrary<BitArray> {
  return byteArrays(Math.ceil(bits / 8)).map((bytes) => {
    const copy = Uint8Array.from(bytes)
    const last = copy.length - 1
    if (bits % 8 !== 0) copy[last] = (copy[last] ?? 0) & (0xff >> (8 - (bits % 8)))
    return new BitArray(copy, bits)
  })
}

function uints(shape: Shape & { kind: 'uint' }): fc.Arbitrary<Value> {
  if (shape.isBigint) return fc.bigInt({ min: 0n, max: 2n ** BigInt(shape.bytes * 8) - 1n })
  return shape.bytes === 8 ? fc.maxSafeNat() : fc.nat(2 ** (shape.bytes * 8) - 1)
}

/** Random values of a type; lists are short, and empty as often as not. */
export function valuesOf({ shape }: ShapedType): fc.Arbitrary<Value> {
  switch (shape.kind) {
    case 'uint':
      return uints(shape)
    case 'boolean':
      return fc.boolean()
    case 'byteVector':
      return byteArrays(shape.bytes)
    case 'byteList':
      return fc.uint8Array({ maxLength: Math.min(shape.limit, 40) })
    case 'bitvector':
      return bitArrays(shape.bits)
    case 'bitlist':
      return fc.nat(Math.min(shape.limit, MAX_BITS)).chain(bitArrays)
    case 'list':
      return fc.array(valuesOf(shape.element), { maxLength: Math.min(shape.limit, MAX_ELEMENTS) })
    case 'vector':
      return valuesOf(shape.element).map((element) => new Array(shape.count).fill(element))
    case 'container':
      return fc.record(Object.fromEntries(shape.fields.map(({ name, type }) => [name, valuesOf(type)])))
  }
}

/** A list of a type that is as long as it may be, and one element longer, the rest of the object being empty. */
export interface LimitCase {
  readonly path: string
  readonly atLimit: Value
  readonly overLimit: Value
}

/** Serialisations above this are not made; only transactions and what has no limit are as long. */
const MAX_CASE_BYTES = 9 * 2 ** 20

/** A case for each list, bitlist and byte list within a type. */
export function limitCases(type: ShapedType, path = ''): LimitCase[] {
  const { shape } = type
  switch (shape.kind) {
    case 'bitlist':
      return [{ path, atLimit: BitArray.fromBitLen(shape.limit), overLimit: BitArray.fromBitLen(shape.limit + 1) }]
    case 'byteList':
      return ownCase(path, shape.limit, 1, (count) => new Uint8Array(count))
    case 'list': {
      const { element, limit } = shape
      const empty = emptyValue(element)
      const own = ownCase(path, limit, element.fixedBytes ?? 4 + 128, (count) => new Array(count).fill(empty))
      return limit === 0 ? own : [...own, ...limitCases(element, `${path}[]`).map(inList)]
    }
    case 'container':
      return shape.fields.flatMap((field) =>
        limitCases(field.type, `${path}.${field.name}`).map((inner) => inContainer(shape.fields, field, inner)),
      )
    default:
      return []
  }
}

function ownCase(path: string, limit: number, elementBytes: number, make: (count: number) => Value): LimitCase[] {
  if (limit * elementBytes > MAX_CASE_BYTES) return []
  return [{ path, atLimit: make(limit), overLimit: make(limit + 1) }]
}

function inList({ path, atLimit, overLimit }: LimitCase): LimitCase {
  return { path, atLimit: [atLimit], overLimit: [overLimit] }
}

function inContainer(fields: readonly ShapedField[], field: ShapedField, inner: LimitCase): LimitCase {
  const rest = Object.fromEntries(fields.map(({ name, type }) => [name, emptyValue(type)]))
  return {
    path: inner.path,
    atLimit: { ...rest, [field.name]: inner.atLimit },
    overLimit: { ...rest, [field.name]: inner.overLimit },
  }
}

function emptyValue({ shape }: ShapedType): Value {
  switch (shape.kind) {
    case 'uint':
      return shape.isBigint ? 0n : 0
    case 'boolean':
      return false
    case 'byteVector':
      return new Uint8Array(shape.bytes)
    case 'byteList':
      return new Uint8Array(0)
    case 'bitvector':
      return BitArray.fromBitLen(shape.bits)
    case 'bitlist':
      return BitArray.fromBitLen(0)
    case 'list':
      return []
    case 'vector':
      return new Array(shape.count).fill(emptyValue(shape.element))
    case 'container':
      return Object.fromEntries(shape.fields.map(({ name, type }) => [name, emptyValue(type)]))
  }
}

/**
 * The types of @lodestar/types as a plain tree, so that tests can compare them, make values of them and find their
 * offsets. The library takes its preset from the environment, once a process.
 */
import {
  BitListType,
  BitVectorType,
  BooleanType,
  ByteListType,
  ByteVectorType,
  ContainerType,
  ListBasicType,
  ListCompositeType,
  ProgressiveBitListType,
  ProgressiveByteListType,
  ProgressiveContainerType,
  ProgressiveListBasicType,
  ProgressiveListCompositeType,
  type Type,
  UintBigintType,
  UintNumberType,
  VectorBasicType,
  VectorCompositeType,
} from '@chainsafe/ssz'
import { ACTIVE_PRESET } from '@lodestar/params'
import type { ForkName } from '../../../src/consensus/network-config.ts'
import { UNLIMITED } from '../../../src/consensus/ssz/ssz-layout-type.ts'
import type { GossipKind } from '../../../src/consensus/topic-table.ts'
import { gossipType } from './ssz/ssz-type-sizes.ts'

export type Shape =
  | { readonly kind: 'uint'; readonly bytes: number; readonly isBigint: boolean }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'byteVector'; readonly bytes: number }
  | { readonly kind: 'byteList'; readonly limit: number }
  | { readonly kind: 'bitvector'; readonly bits: number }
  | { readonly kind: 'bitlist'; readonly limit: number }
  | { readonly kind: 'list'; readonly limit: number; readonly element: ShapedType }
  | { readonly kind: 'vector'; readonly count: number; readonly element: ShapedType }
  | { readonly kind: 'container'; readonly fields: readonly ShapedField[]; readonly ranges: RangesOf }

export interface ShapedField {
  readonly name: string
  readonly type: ShapedType
}

export interface ShapedType {
  readonly fixedBytes: number | undefined
  readonly shape: Shape
}

/** Where the fields of a container lie in `[start, end)`, counted from `start`; throws when it cannot be one. */
type RangesOf = (data: DataView, start: number, end: number) => readonly { start: number; end: number }[]

/** The types that limit nothing say so with different large numbers. */
function limitOf(limit: number): number {
  return Math.min(limit, UNLIMITED)
}

function basicShape(type: Type<unknown>): Shape | undefined {
  if (type instanceof UintNumberType) return { kind: 'uint', bytes: type.byteLength, isBigint: false }
  if (type instanceof UintBigintType) return { kind: 'uint', bytes: type.byteLength, isBigint: true }
  if (type instanceof BooleanType) return { kind: 'boolean' }
  if (type instanceof ByteVectorType) return { kind: 'byteVector', bytes: type.lengthBytes }
  if (type instanceof ByteListType || type instanceof ProgressiveByteListType) {
    return { kind: 'byteList', limit: limitOf(type.limitBytes) }
  }
  if (type instanceof BitVectorType) return { kind: 'bitvector', bits: type.lengthBits }
  if (type instanceof BitListType || type instanceof ProgressiveBitListType) {
    return { kind: 'bitlist', limit: limitOf(type.limitBits) }
  }
  return undefined
}

function compositeShape(type: Type<unknown>): Shape {
  if (type instanceof ContainerType || type instanceof ProgressiveContainerType) {
    const entries = Object.entries(type.fields as Record<string, Type<unknown>>)
    const fields = entries.map(([name, field]) => ({ name, type: shaped(field) }))
    return { kind: 'container', fields, ranges: (data, start, end) => type.getFieldRanges(data, start, end) }
  }
  const isList =
    type instanceof ListBasicType ||
    type instanceof ListCompositeType ||
    type instanceof ProgressiveListBasicType ||
    type instanceof ProgressiveListCompositeType
  if (isList) return { kind: 'list', limit: limitOf(type.limit), element: shaped(type.elementType) }
  if (type instanceof VectorBasicType || type instanceof VectorCompositeType) {
    return { kind: 'vector', count: type.length, element: shaped(type.elementType) }
  }
  throw new Error(`${type.typeName} is not expected in a gossip object`)
}

export function shaped(type: Type<unknown>): ShapedType {
  return { fixedBytes: type.fixedSize ?? undefined, shape: basicShape(type) ?? compositeShape(type) }
}

/** What the tests use of a type of the library. */
export interface LodestarType extends ShapedType {
  serialize(value: unknown): Uint8Array
  /** True when the library can deserialise `ssz`. */
  accepts(ssz: Uint8Array): boolean
  defaultValue(): unknown
}

/** The library's type of a gossip object under the preset of this process. */
export function lodestarType(kind: GossipKind, fork: ForkName): LodestarType {
  const type = gossipType(kind, fork) as unknown as Type<unknown>
  return {
    ...shaped(type),
    serialize: (value) => type.serialize(value),
    defaultValue: () => type.defaultValue(),
    accepts: (ssz) => {
      try {
        type.deserialize(ssz)
        return true
      } catch {
        return false
      }
    },
  }
}

/** The preset this process runs. */
export const activePreset: string = ACTIVE_PRESET

/**
 * SSZ types as data: what `ssz-layout.ts` holds bytes against and `ssz-layout-fields.ts` finds fields in. Made once, at
 * start-up. Lengths follow ssz/simple-serialize.md of the consensus specs.
 */

/** BYTES_PER_LENGTH_OFFSET: a variable field or element is an offset where it would lie, and its bytes behind. */
export const OFFSET_BYTES = 4

/**
 * The greatest length and limit that are told apart; no message comes near. Greater integers would be boxed by V8, and
 * to read one from a type would allocate.
 */
export const UNLIMITED = 2 ** 31 - 1

interface SszShape {
  /** The shortest serialisation. */
  readonly minBytes: number
  /** The longest serialisation, `UNLIMITED` at most. */
  readonly maxBytes: number
  /** The length of a type that has but one; undefined for a variable type, which lies behind an offset. */
  readonly fixedBytes: number | undefined
  /** True when any bytes of a length from `minBytes` to `maxBytes` are a value, so that nothing inside needs a look. */
  readonly isOpaque: boolean
}

/** Numbers, roots, keys, signatures, byte lists: bytes of which every value is good. */
export interface BytesType extends SszShape {
  readonly kind: 'bytes'
}

/** One byte, 0 or 1. */
export interface BooleanType extends SszShape {
  readonly kind: 'boolean'
}

/** Bits of a fixed number; those of `paddingMask` in the last byte are none of them and must be 0. */
export interface BitvectorType extends SszShape {
  readonly kind: 'bitvector'
  readonly paddingMask: number
}

/** Up to `limitBits` bits and a sentinel bit behind the last one. */
export interface BitlistType extends SszShape {
  readonly kind: 'bitlist'
  readonly limitBits: number
}

/** A list (from no element to its limit) or a vector (exactly so many). */
export interface SequenceType extends SszShape {
  readonly kind: 'sequence'
  readonly element: SszType
  readonly minCount: number
  readonly maxCount: number
}

export interface ContainerType extends SszShape {
  readonly kind: 'container'
  /** As in the specs, for error texts. */
  readonly name: string
  /** Length of the fixed part: the fixed fields, and an offset for each variable one. */
  readonly headBytes: number
  readonly fields: ReadonlyMap<string, SszField>
  /** Fixed fields that have values which are not valid. */
  readonly checkedFields: readonly SszField[]
  /** In order, each of them up to where the next one begins. */
  readonly variableFields: readonly SszField[]
}

export type SszType = BytesType | BooleanType | BitvectorType | BitlistType | SequenceType | ContainerType

export interface SszField {
  readonly type: SszType
  /** That of the type. */
  readonly fixedBytes: number | undefined
  /** Where the field, or the offset of a variable one, lies in its container. */
  readonly at: number
  /** Where the offset of the next variable field lies, which is the end of this one; undefined for the last. */
  readonly endAt: number | undefined
}

/** A fixed run of bytes: a vector of bytes, an unsigned number. */
export function bytes(length: number): BytesType {
  return { kind: 'bytes', ...fixedShape(length, true) }
}

export const uint64 = bytes(8)

export const boolean: BooleanType = { kind: 'boolean', ...fixedShape(1, false) }

/** Bytes of any number up to a limit. */
export function byteList(limitBytes: number): BytesType {
  return { kind: 'bytes', ...variableShape(0, limitBytes, true) }
}

export function bitvector(bits: number): BitvectorType {
  const usedInLastByte = bits % 8
  const paddingMask = usedInLastByte === 0 ? 0 : (0xff << usedInLastByte) & 0xff
  return { kind: 'bitvector', ...fixedShape(Math.ceil(bits / 8), paddingMask === 0), paddingMask }
}

export function bitlist(limitBits: number): BitlistType {
  return { kind: 'bitlist', ...variableShape(1, Math.floor(limitBits / 8) + 1, false), limitBits }
}

/** From no element to `limit` of them. */
export function list(element: SszType, limit: number): SequenceType {
  const shape = variableShape(0, limit * elementBytes(element, element.maxBytes), false)
  return { kind: 'sequence', ...shape, element, minCount: 0, maxCount: limit }
}

/** Exactly `count` elements, at least one. */
export function vector(element: SszType, count: number): SequenceType {
  const minBytes = count * elementBytes(element, element.minBytes)
  const maxBytes = count * elementBytes(element, element.maxBytes)
  const isFixed = element.fixedBytes !== undefined
  const shape = isFixed ? fixedShape(minBytes, element.isOpaque) : variableShape(minBytes, maxBytes, false)
  return { kind: 'sequence', ...shape, element, minCount: count, maxCount: count }
}

/** Fields in the order in which they are given, which is that of the spec. */
export function container(name: string, fields: Readonly<Record<string, SszType>>): ContainerType {
  const placed = placeFields(Object.entries(fields))
  const all = [...placed.values()]
  const variableFields = all.filter(({ fixedBytes }) => fixedBytes === undefined)
  const checkedFields = all.filter(({ type, fixedBytes }) => fixedBytes !== undefined && !type.isOpaque)
  const headBytes = all.reduce((sum, { fixedBytes }) => sum + (fixedBytes ?? OFFSET_BYTES), 0)
  const minBytes = variableFields.reduce((sum, { type }) => sum + type.minBytes, headBytes)
  const maxBytes = variableFields.reduce((sum, { type }) => sum + type.maxBytes, headBytes)
  const isFixed = variableFields.length === 0
  const shape = isFixed ? fixedShape(headBytes, checkedFields.length === 0) : variableShape(minBytes, maxBytes, false)
  return { kind: 'container', ...shape, name, headBytes, fields: placed, checkedFields, variableFields }
}

function fixedShape(length: number, isOpaque: boolean): SszShape {
  return { minBytes: length, maxBytes: length, fixedBytes: length, isOpaque }
}

function variableShape(minBytes: number, maxBytes: number, isOpaque: boolean): SszShape {
  return { minBytes, maxBytes: Math.min(maxBytes, UNLIMITED), fixedBytes: undefined, isOpaque }
}

function elementBytes(element: SszType, ownBytes: number): number {
  return element.fixedBytes === undefined ? OFFSET_BYTES + ownBytes : ownBytes
}

/** From the last field to the first, since a variable field ends where the next one begins. */
function placeFields(entries: readonly (readonly [string, SszType])[]): ReadonlyMap<string, SszField> {
  let at = entries.reduce((sum, [, type]) => sum + (type.fixedBytes ?? OFFSET_BYTES), 0)
  let endAt: number | undefined
  const placed: [string, SszField][] = []
  for (const [name, type] of entries.toReversed()) {
    const { fixedBytes } = type
    at -= fixedBytes ?? OFFSET_BYTES
    placed.push([name, { type, fixedBytes, at, endAt: fixedBytes === undefined ? endAt : undefined }])
    if (fixedBytes === undefined) endAt = at
  }
  return new Map(placed.reverse())
}

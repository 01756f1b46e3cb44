/**
 * Are these bytes a valid serialisation of a type? The whole tree is walked without decoding it: offsets, lengths,
 * limits, sentinels, padding, booleans. Nothing is allocated and nothing throws, whatever the bytes are; the depth of
 * the recursion is the type's. Fixed runs of bytes are skipped, so that the cost follows the number of offsets.
 * Spec: ssz/simple-serialize.md#deserialization
 */
import { type ContainerType, OFFSET_BYTES, type SequenceType, type SszType } from './ssz-layout-type.ts'

/**
 * True when `ssz` deserialises as `type`: offsets begin behind the fixed part, never fall and never leave their
 * container, elements have their size, lists and bitlists keep within their limits, and no bit is set that means
 * nothing. So a value has one serialisation that passes, and no message can be sent again in other bytes.
 */
export function isValidLayout(type: SszType, ssz: Uint8Array): boolean {
  return isValid(type, ssz, 0, ssz.length)
}

/** The four bytes at `at`, little-endian; bytes behind the end count as 0. */
export function readOffset(ssz: Uint8Array, at: number): number {
  const low = (ssz[at] ?? 0) | ((ssz[at + 1] ?? 0) << 8) | ((ssz[at + 2] ?? 0) << 16)
  return low + (ssz[at + 3] ?? 0) * 2 ** 24
}

/** The number of bits of the bitlist in `[start, end)`; undefined without a sentinel bit. */
export function bitlistLength(ssz: Uint8Array, start: number, end: number): number | undefined {
  const last = end > start ? (ssz[end - 1] ?? 0) : 0
  return last === 0 ? undefined : (end - start - 1) * 8 + 31 - Math.clz32(last)
}

/** `[start, end)` lies within `ssz`: callers have checked the offsets that it was made of. */
function isValid(type: SszType, ssz: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  if (length < type.minBytes || length > type.maxBytes) return false
  if (type.isOpaque) return true
  switch (type.kind) {
    case 'bytes':
      return true
    case 'boolean':
      return (ssz[start] ?? 0) <= 1
    case 'bitvector':
      return ((ssz[end - 1] ?? 0) & type.paddingMask) === 0
    case 'bitlist':
      return (bitlistLength(ssz, start, end) ?? Number.POSITIVE_INFINITY) <= type.limitBits
    case 'sequence': {
      const { fixedBytes } = type.element
      return fixedBytes === undefined
        ? areVariableElementsValid(type, ssz, start, end)
        : areFixedElementsValid(type, fixedBytes, ssz, start, end)
    }
    case 'container':
      return areFieldsValid(type, ssz, start, end)
  }
}

function areFieldsValid(type: ContainerType, ssz: Uint8Array, start: number, end: number): boolean {
  for (const field of type.checkedFields) {
    const at = start + field.at
    if (!isValid(field.type, ssz, at, at + (field.fixedBytes ?? 0))) return false
  }
  const length = end - start
  let offset = type.headBytes
  const first = type.variableFields[0]
  if (first !== undefined && readOffset(ssz, start + first.at) !== offset) return false
  for (const field of type.variableFields) {
    const next = field.endAt === undefined ? length : readOffset(ssz, start + field.endAt)
    if (next < offset || next > length) return false
    if (!isValid(field.type, ssz, start + offset, start + next)) return false
    offset = next
  }
  return true
}

function areFixedElementsValid(
  type: SequenceType,
  elementBytes: number,
  ssz: Uint8Array,
  start: number,
  end: number,
): boolean {
  const count = (end - start) / elementBytes
  if (!Number.isInteger(count) || count < type.minCount || count > type.maxCount) return false
  if (type.element.isOpaque) return true
  for (let at = start; at < end; at += elementBytes) {
    if (!isValid(type.element, ssz, at, at + elementBytes)) return false
  }
  return true
}

function areVariableElementsValid(type: SequenceType, ssz: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  if (length === 0) return type.minCount === 0
  const offsetsEnd = endOfOffsets(type, ssz, start, length)
  if (offsetsEnd === undefined) return false
  // Transactions can be a million: their bytes need no look, and their lengths no call.
  const { element } = type
  const { isOpaque, minBytes, maxBytes } = element
  let offset = offsetsEnd
  for (let at = OFFSET_BYTES; at <= offsetsEnd; at += OFFSET_BYTES) {
    const next = at === offsetsEnd ? length : readOffset(ssz, start + at)
    if (next < offset || next > length) return false
    const isGood = isOpaque
      ? next - offset >= minBytes && next - offset <= maxBytes
      : isValid(element, ssz, start + offset, start + next)
    if (!isGood) return false
    offset = next
  }
  return true
}

/** The first offset tells how many elements there are: that many offsets lie before it. */
function endOfOffsets(type: SequenceType, ssz: Uint8Array, start: number, length: number): number | undefined {
  if (length < OFFSET_BYTES) return undefined
  const end = readOffset(ssz, start)
  const count = end / OFFSET_BYTES
  if (end === 0 || end > length || !Number.isInteger(count)) return undefined
  return count < type.minCount || count > type.maxCount ? undefined : end
}

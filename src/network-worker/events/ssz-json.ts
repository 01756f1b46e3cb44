/**
 * SSZ to the JSON of the beacon node API, straight from the bytes by the types that the layout check uses: names in
 * snake case, numbers as decimal strings, bytes and bits as hex. For bytes that `isValidLayout` has passed.
 * Spec: ssz/simple-serialize.md#json-mapping
 */
import { readOffset } from '../../consensus/ssz/ssz-layout.ts'
import { type ContainerType, OFFSET_BYTES, type SszType, uint64 } from '../../consensus/ssz/ssz-layout-type.ts'

/** The JSON of `[start, end)`. */
type JsonWriter = (ssz: Buffer, start: number, end: number) => string

/** Types are made once, at start-up, so that there are as many writers as types. */
const WRITERS = new WeakMap<SszType, JsonWriter>()

const CAPITAL_OR_NUMBER = /[A-Z]|\d+/g

/** `signedHeader1` is `signed_header_1`. */
export function snakeCase(name: string): string {
  return name.replace(CAPITAL_OR_NUMBER, (found) => `_${found.toLowerCase()}`)
}

/** The JSON of the part `[start, end)` of `ssz`, which is a value of `type`. */
export function sszToJson(type: SszType, ssz: Uint8Array, start = 0, end = ssz.length): string {
  return writerOf(type)(Buffer.from(ssz.buffer, ssz.byteOffset, ssz.byteLength), start, end)
}

function writerOf(type: SszType): JsonWriter {
  const known = WRITERS.get(type)
  if (known !== undefined) return known
  const writer = makeWriter(type)
  WRITERS.set(type, writer)
  return writer
}

function makeWriter(type: SszType): JsonWriter {
  if (type === uint64) return (ssz, start) => `"${decimal(ssz, start)}"`
  switch (type.kind) {
    case 'bytes':
    case 'bitvector':
    case 'bitlist':
      return (ssz, start, end) => `"0x${ssz.toString('hex', start, end)}"`
    case 'boolean':
      return (ssz, start) => (ssz[start] === 1 ? 'true' : 'false')
    case 'sequence': {
      const { fixedBytes } = type.element
      const element = writerOf(type.element)
      return fixedBytes === undefined ? variableElements(element) : fixedElements(element, fixedBytes)
    }
    case 'container':
      return containerWriter(type)
  }
}

/** Most numbers are below 2^48 and need no bigint. */
function decimal(ssz: Buffer, start: number): string {
  const low = ssz.readUIntLE(start, 6)
  return ssz.readUInt16LE(start + 6) === 0 ? String(low) : ssz.readBigUInt64LE(start).toString()
}

function fixedElements(element: JsonWriter, bytes: number): JsonWriter {
  return (ssz, start, end) => {
    const parts: string[] = []
    for (let at = start; at < end; at += bytes) parts.push(element(ssz, at, at + bytes))
    return `[${parts.join(',')}]`
  }
}

function variableElements(element: JsonWriter): JsonWriter {
  return (ssz, start, end) => {
    if (start === end) return '[]'
    const parts: string[] = []
    const count = readOffset(ssz, start) / OFFSET_BYTES
    for (let i = 0; i < count; i++) {
      const from = start + readOffset(ssz, start + i * OFFSET_BYTES)
      const to = i + 1 < count ? start + readOffset(ssz, start + (i + 1) * OFFSET_BYTES) : end
      parts.push(element(ssz, from, to))
    }
    return `[${parts.join(',')}]`
  }
}

function containerWriter(type: ContainerType): JsonWriter {
  const fields = [...type.fields].map(([name, field]) => ({
    ...field,
    key: `"${snakeCase(name)}":`,
    write: writerOf(field.type),
  }))
  return (ssz, start, end) => {
    const parts = fields.map(({ key, write, at, fixedBytes, endAt }) => {
      if (fixedBytes !== undefined) return key + write(ssz, start + at, start + at + fixedBytes)
      const to = endAt === undefined ? end : start + readOffset(ssz, start + endAt)
      return key + write(ssz, start + readOffset(ssz, start + at), to)
    })
    return `{${parts.join(',')}}`
  }
}

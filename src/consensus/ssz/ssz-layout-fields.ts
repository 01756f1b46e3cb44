/**
 * Where the fields of a container lie, worked out from its type at start-up, so that what reads them needs no number of
 * its own. Reading is for bytes that `isValidLayout` has passed; in others a place may lie anywhere, but nothing throws.
 */
import { readOffset } from './ssz-layout.ts'
import type { ContainerType, SszField, SszType } from './ssz-layout-type.ts'

/** The place of one field, however deep, in the serialisation of an object. */
export class FieldRange {
  /** The type of the field. */
  readonly type: SszType
  /** Where the field begins in every object; undefined when that hangs on how long earlier fields are. */
  readonly fixedStart: number | undefined
  readonly #path: readonly SszField[]

  constructor(root: ContainerType, names: readonly string[]) {
    const { path, type, fixedStart } = resolve(root, names)
    this.#path = path
    this.type = type
    this.fixedStart = fixedStart
  }

  /** Index of the first byte of the field in `ssz`. */
  start(ssz: Uint8Array): number {
    if (this.fixedStart !== undefined) return this.fixedStart
    let start = 0
    for (const { fixedBytes, at } of this.#path) {
      start += fixedBytes === undefined ? readOffset(ssz, start + at) : at
    }
    return start
  }

  /** Index behind the last byte of the field in `ssz`. */
  end(ssz: Uint8Array): number {
    let start = 0
    let end = ssz.length
    for (const { fixedBytes, at, endAt } of this.#path) {
      if (fixedBytes !== undefined) {
        start += at
        end = start + fixedBytes
      } else {
        if (endAt !== undefined) end = start + readOffset(ssz, start + endAt)
        start += readOffset(ssz, start + at)
      }
    }
    return end
  }

  /** The number of elements of a list of fixed ones, otherwise of bytes. */
  count(ssz: Uint8Array): number {
    const lengthBytes = this.end(ssz) - this.start(ssz)
    return this.type.kind === 'sequence' ? lengthBytes / (this.type.element.fixedBytes ?? 1) : lengthBytes
  }
}

/**
 * The field at a path of names joined by dots, `message.body.blobKzgCommitments`. Names are those of the specs in camel
 * case. Throws an Error, at start-up, when the type has no such field.
 */
export function fieldRange(type: ContainerType, path: string): FieldRange {
  return new FieldRange(type, path.split('.'))
}

/** Where the field at `path` begins in every object of the type. Throws an Error, at start-up, when it has no one place. */
export function fixedOffset(type: ContainerType, path: string): number {
  const { fixedStart } = fieldRange(type, path)
  if (fixedStart === undefined) throw new Error(`${type.name}.${path} has no fixed place`)
  return fixedStart
}

interface Resolved {
  readonly path: readonly SszField[]
  readonly type: SszType
  readonly fixedStart: number | undefined
}

function resolve(root: ContainerType, names: readonly string[]): Resolved {
  let type: SszType = root
  let fixedStart: number | undefined = 0
  const path: SszField[] = []
  for (const name of names) {
    const field: SszField | undefined = type.kind === 'container' ? type.fields.get(name) : undefined
    if (type.kind !== 'container' || field === undefined) throw new Error(`${root.name} has no ${names.join('.')}`)
    const place = fixedPlace(type, field)
    fixedStart = fixedStart === undefined || place === undefined ? undefined : fixedStart + place
    path.push(field)
    type = field.type
  }
  return { path, type, fixedStart }
}

/** A fixed field has a fixed place, and so has the first variable one: behind the fixed part. */
function fixedPlace(parent: ContainerType, field: SszField): number | undefined {
  if (field.fixedBytes !== undefined) return field.at
  return parent.variableFields[0] === field ? parent.headBytes : undefined
}

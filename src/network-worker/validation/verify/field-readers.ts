/** Reads parts of serialised objects. The types are known to have them: what makes a reader throws at start-up otherwise. */
import { fixedContainerRoot } from '../../../consensus/ssz/fixed-root.ts'
import { fieldRange, fixedOffset } from '../../../consensus/ssz/ssz-layout-fields.ts'
import type { ContainerType } from '../../../consensus/ssz/ssz-layout-type.ts'
import { readUint64 } from '../../../consensus/ssz/ssz-read.ts'

/** Copies a field out of an object. */
export function reader(type: ContainerType, path: string): (ssz: Uint8Array) => Uint8Array {
  const range = fieldRange(type, path)
  return (ssz) => Uint8Array.prototype.slice.call(ssz, range.start(ssz), range.end(ssz))
}

/** As `reader`, with the field's hash_tree_root. */
export function rootReader(type: ContainerType, path: string): (ssz: Uint8Array) => Uint8Array {
  const field = fieldRange(type, path).type
  if (field.kind !== 'container') throw new Error(`${type.name}.${path} is no container`)
  const read = reader(type, path)
  return (ssz) => fixedContainerRoot(field, read(ssz))
}

/** A number that lies at the same place in every object. */
export function numberReader(type: ContainerType, path: string): (ssz: Uint8Array) => number {
  const at = fixedOffset(type, path)
  return (ssz) => readUint64(ssz, at)
}

/** Ways to spoil a serialisation: bits, lengths, offsets, and the bytes in which a value may be no value. */
import fc from 'fast-check'
import type { Shape, ShapedType } from '../lodestar-shape.ts'

/** Where in a serialisation a change is likely to matter. */
export interface Landmarks {
  readonly offsets: readonly number[]
  /** Booleans, and last bytes of bitlists and bitvectors. */
  readonly edges: readonly number[]
}

/** The landmarks of a valid serialisation. */
export function landmarksOf(type: ShapedType, ssz: Uint8Array): Landmarks {
  const found: Found = { offsets: [], edges: [] }
  collect(type, { data: new DataView(ssz.buffer, ssz.byteOffset, ssz.length), start: 0, end: ssz.length }, found)
  return found
}

interface Found {
  readonly offsets: number[]
  readonly edges: number[]
}

interface Part {
  readonly data: DataView
  readonly start: number
  readonly end: number
}

function collect({ shape }: ShapedType, part: Part, found: Found): void {
  if (shape.kind === 'container') collectFields(shape, part, found)
  if (shape.kind === 'list' && part.end > part.start) collectElements(shape.element, part, found)
  if (shape.kind === 'boolean' || shape.kind === 'bitvector' || shape.kind === 'bitlist') found.edges.push(part.end - 1)
}

function collectFields(shape: Shape & { kind: 'container' }, { data, start, end }: Part, found: Found): void {
  let at = start
  for (const [index, range] of shape.ranges(data, start, end).entries()) {
    const type = shape.fields[index]?.type
    if (type === undefined) continue
    if (type.fixedBytes === undefined) found.offsets.push(at)
    at += type.fixedBytes ?? 4
    collect(type, { data, start: start + range.start, end: start + range.end }, found)
  }
}

function collectElements(element: ShapedType, { data, start, end }: Part, found: Found): void {
  const { fixedBytes } = element
  const count = fixedBytes === undefined ? data.getUint32(start, true) / 4 : (end - start) / fixedBytes
  const place = (index: number): number => {
    if (fixedBytes !== undefined) return start + index * fixedBytes
    return index === count ? end : start + data.getUint32(start + 4 * index, true)
  }
  for (let index = 0; index < count; index++) {
    if (fixedBytes === undefined) found.offsets.push(start + 4 * index)
    collect(element, { data, start: place(index), end: place(index + 1) }, found)
  }
}

export type Mutation = (ssz: Uint8Array, landmarks: Landmarks) => Uint8Array

function pick(places: readonly number[], choice: number): number | undefined {
  return places[choice % Math.max(1, places.length)]
}

const choices = fc.nat(1_000_000)

const flips: fc.Arbitrary<Mutation> = fc.tuple(choices, fc.nat(7)).map(([choice, bit]) => (ssz) => {
  const copy = Uint8Array.from(ssz)
  const at = choice % copy.length
  copy[at] = (copy[at] ?? 0) ^ (1 << bit)
  return copy
})

const edges: fc.Arbitrary<Mutation> = fc.tuple(choices, fc.nat(255)).map(([choice, byte]) => (ssz, landmarks) => {
  const copy = Uint8Array.from(ssz)
  copy[pick(landmarks.edges, choice) ?? copy.length - 1] = byte
  return copy
})

/** Small steps, whole offsets, and values that are far out. */
const newOffsets: fc.Arbitrary<(old: number, length: number) => number> = fc.oneof(
  fc.integer({ min: -9, max: 9 }).map((step) => (old: number) => old + step),
  fc.integer({ min: -3, max: 3 }).map((steps) => (old: number) => old + 4 * steps),
  fc.integer({ min: -1, max: 1 }).map((step) => (_old: number, length: number) => length + step),
  fc.constantFrom(0, 4, 2 ** 31, 2 ** 32 - 1).map((value) => () => value),
  choices.map((choice) => (_old: number, length: number) => choice % length),
)

const moves: fc.Arbitrary<Mutation> = fc.tuple(choices, newOffsets).map(([choice, next]) => (ssz, landmarks) => {
  const at = pick(landmarks.offsets, choice)
  const copy = Uint8Array.from(ssz)
  if (at === undefined || at + 4 > copy.length) return copy
  const data = new DataView(copy.buffer, copy.byteOffset, copy.length)
  data.setUint32(at, next(data.getUint32(at, true), copy.length) >>> 0, true)
  return copy
})

const cuts: fc.Arbitrary<Mutation> = fc
  .oneof(fc.nat(12), choices)
  .map((choice) => (ssz) => ssz.slice(0, ssz.length - (choice % (ssz.length + 1))))

/** Bytes put in somewhere, or at the end, or in front. */
const stretches: fc.Arbitrary<Mutation> = fc
  .tuple(fc.oneof(choices, fc.constant(undefined)), fc.uint8Array({ minLength: 1, maxLength: 100 }))
  .map(([choice, more]) => (ssz) => {
    const at = choice === undefined ? ssz.length : choice % (ssz.length + 1)
    return Buffer.concat([ssz.subarray(0, at), more, ssz.subarray(at)])
  })

const removals: fc.Arbitrary<Mutation> = fc
  .tuple(choices, fc.integer({ min: 1, max: 8 }))
  .map(([choice, count]) => (ssz) => {
    const at = choice % ssz.length
    return Buffer.concat([ssz.subarray(0, at), ssz.subarray(at + count)])
  })

const one = fc.oneof(flips, edges, { weight: 3, arbitrary: moves }, cuts, stretches, removals)

/** One change, or two in a row. A change that finds nothing to change leaves the bytes as they are. */
export const mutations: fc.Arbitrary<Mutation> = fc
  .array(one, { minLength: 1, maxLength: 2 })
  .map(
    (steps) => (ssz, landmarks) =>
      steps.reduce((bytes, step) => (bytes.length === 0 ? bytes : step(bytes, landmarks)), ssz),
  )

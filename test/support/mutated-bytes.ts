/** Bytes that were right and no longer are: they get further into a decoder than bytes of nobody. */
import fc from 'fast-check'

type Mutation = (bytes: Uint8Array) => Uint8Array

const place = fc.nat(1_000_000)

const flip: fc.Arbitrary<Mutation> = fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(([at, mask]) => (bytes) => {
  const copy = Uint8Array.from(bytes)
  copy[at % copy.length] = (copy[at % copy.length] ?? 0) ^ mask
  return copy
})

/** Bytes with which lengths, tags and varints begin to mean something else. */
const edge: fc.Arbitrary<Mutation> = fc
  .tuple(place, fc.constantFrom(0, 1, 0x7f, 0x80, 0xff))
  .map(([at, byte]) => (bytes) => {
    const copy = Uint8Array.from(bytes)
    copy[at % copy.length] = byte
    return copy
  })

const cut: fc.Arbitrary<Mutation> = place.map((at) => (bytes) => bytes.slice(0, at % bytes.length))

const insertion: fc.Arbitrary<Mutation> = fc
  .tuple(place, fc.uint8Array({ minLength: 1, maxLength: 30 }))
  .map(([choice, more]) => (bytes) => {
    const at = choice % (bytes.length + 1)
    return Uint8Array.from([...bytes.subarray(0, at), ...more, ...bytes.subarray(at)])
  })

const removal: fc.Arbitrary<Mutation> = fc
  .tuple(place, fc.integer({ min: 1, max: 12 }))
  .map(([choice, count]) => (bytes) => {
    const at = choice % bytes.length
    return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + count)])
  })

/** A stretch once more. */
const repetition: fc.Arbitrary<Mutation> = fc
  .tuple(place, fc.integer({ min: 1, max: 40 }))
  .map(([choice, count]) => (bytes) => {
    const at = choice % bytes.length
    return Uint8Array.from([...bytes.subarray(0, at + count), ...bytes.subarray(at)])
  })

const mutations = fc.array(fc.oneof(flip, edge, cut, insertion, removal, repetition), { minLength: 1, maxLength: 3 })

/** What `valid` makes, with one to three changes; no bytes stay none. */
export function mutated(valid: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(valid, mutations)
    .map(([bytes, steps]) => steps.reduce((now, step) => (now.length === 0 ? now : step(now)), bytes))
}

/** Those, and bytes of nobody. */
export function broken(valid: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  return fc.oneof({ weight: 4, arbitrary: mutated(valid) }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) })
}

/** The bytes in pieces that end at the places given, each a copy of its own and none of them empty. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places.map((at) => at % (bytes.length + 1)))].sort((a, b) => a - b)
  return [0, ...ends].map((start, index) => bytes.slice(start, ends[index] ?? bytes.length)).filter((p) => p.length > 0)
}

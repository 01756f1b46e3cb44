import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encodedProposal, ProposalReader } from '../../../../../src/network-worker/host/negotiation/proposal-reader.ts'

function allOf(reader: ProposalReader): string[] {
  const names: string[] = []
  for (let name = reader.next(); name !== undefined; name = reader.next()) names.push(name)
  return names
}

/** Names as they are read from bytes that come in pieces of `sizes`, the last size for all that is left. */
function readIn(bytes: Uint8Array, sizes: readonly number[]): { readonly names: string[]; readonly rest: Buffer } {
  const reader = new ProposalReader()
  const names: string[] = []
  let at = 0
  for (const size of [...sizes, bytes.length]) {
    reader.push(bytes.subarray(at, at + size))
    names.push(...allOf(reader))
    at = Math.min(bytes.length, at + size)
  }
  return { names, rest: Buffer.from(reader.rest) }
}

test('names come out as they went in, however they are cut, and what is not whole is kept', () => {
  const name = fc.string({ unit: 'grapheme', maxLength: 300 }).filter((text) => Buffer.byteLength(text) < 1024)
  fc.assert(
    fc.property(
      fc.array(name, { maxLength: 8 }),
      name,
      fc.nat(1026),
      fc.array(fc.nat(200)),
      (names, last, cut, sizes) => {
        const unfinished = encodedProposal(last).subarray(0, -1).subarray(0, cut)
        const read = readIn(Buffer.concat([...names.map(encodedProposal), unfinished]), sizes)
        assert.deepEqual(read.names, names)
        assert.deepEqual(read.rest, Buffer.from(unfinished))
      },
    ),
  )
})

test('any bytes are names, wait for more, or are refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), fc.array(fc.nat(500)), (bytes, sizes) => {
      try {
        const { rest } = readIn(bytes, sizes)
        assert.ok(rest.length <= 1025, `${rest.length} bytes wait`)
      } catch (error) {
        assert.equal((error as Error).name, 'NegotiationError')
      }
    }),
  )
})

for (const [what, bytes] of [
  ['no newline', Uint8Array.of(2, 0x61, 0x62)],
  ['no name', Uint8Array.of(0)],
  ['1,025 bytes, of which only the length has come', Uint8Array.of(0x81, 0x08)],
  ['a length of three bytes', Uint8Array.of(0x80, 0x80, 0x01)],
] as const) {
  test(`refused: ${what}`, () => {
    assert.throws(() => readIn(bytes, []), { name: 'NegotiationError' })
  })
}

test('what waits keeps nothing of the stretch it came in', () => {
  const reader = new ProposalReader()
  const stretch = new Uint8Array(65_536)
  stretch.set(Uint8Array.of(9, 0x61), stretch.length - 2)
  reader.push(stretch.subarray(-2))
  assert.equal(reader.next(), undefined)
  assert.equal(reader.rest.buffer.byteLength, 2)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WasmCode } from '../../../src/shared/web-assembly.ts'

/** The empty module: its magic and version. */
const EMPTY = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])
/** One page of memory, exported as `memory`. */
const MEMORY = [5, 3, 1, 0, 1, 7, 10, 1, 6, ...Buffer.from('memory'), 2, 0]

test('a module without a memory, a function that is missing and what is no module are told of at once', () => {
  assert.throws(() => new WasmCode(EMPTY.toString('base64')), /no memory/)
  const code = new WasmCode(Buffer.from([...EMPTY, ...MEMORY]).toString('base64'))
  assert.equal(code.memory.buffer.byteLength, 65_536)
  assert.throws(() => code.functionOf('decode'), /no function decode/)
  assert.throws(() => code.functionOf('memory'), /no function memory/)
  assert.throws(() => new WasmCode('AAAA'))
})

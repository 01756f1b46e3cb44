import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
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

test('a processor without the instructions is told of as the module is loaded', {
  skip: process.arch !== 'x64',
}, () => {
  const url = new URL('../../../src/consensus/snappy/snappy-decode.ts', import.meta.url).href
  const args = ['--no-enable-sse4-1', '--disable-warning=ExperimentalWarning', '--input-type=module']
  const { status, stderr } = spawnSync(process.execPath, [...args, '--eval', `await import('${url}')`])
  assert.notEqual(status, 0)
  assert.match(stderr.toString(), /it needs SIMD, on x86 SSE4\.1/)
})

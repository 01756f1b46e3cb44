import assert from 'node:assert/strict'
import { test } from 'node:test'
import { load, problemLines, scratchDirectory } from './load-with.ts'

test("own layers unless the libraries' are asked for, from any source", () => {
  using directory = scratchDirectory()
  const config = directory.write('starling.yaml', 'layers: stock\n')
  assert.equal(load([]).layers, 'own')
  assert.equal(load(['--layers', 'stock']).layers, 'stock')
  assert.equal(load([], { env: { STARLING_LAYERS: 'stock' } }).layers, 'stock')
  assert.equal(load(['--config', config]).layers, 'stock')
  assert.equal(load(['--config', config], { env: { STARLING_LAYERS: 'own' } }).layers, 'own')
  assert.equal(load(['--config', config, '--layers=own'], { env: { STARLING_LAYERS: 'stock' } }).layers, 'own')
})

test('there are two, and another name is refused with both', () => {
  assert.deepEqual(problemLines(['--layers', 'library']), ['--layers: must be one of own, stock; got "library"'])
  assert.deepEqual(problemLines([], { env: { STARLING_LAYERS: 'library' } }), [
    'STARLING_LAYERS: must be one of own, stock; got "library"',
  ])
})

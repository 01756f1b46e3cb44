import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closestName, suggestion } from '../../../src/config/closest-name.ts'

test('the nearest name within a third of the letters wins', () => {
  const names = ['port', 'api-port', 'quic-port', 'peers']
  assert.equal(closestName('prot', ['port', 'peers']), undefined)
  assert.equal(closestName('por', names), 'port')
  assert.equal(closestName('quick-port', names), 'quic-port')
  assert.equal(closestName('metrics', names), undefined)
  assert.equal(closestName('', names), undefined)
  assert.equal(closestName('x'.repeat(65), ['x'.repeat(64)]), undefined)
})

test('a suggestion is a clause, or nothing', () => {
  assert.equal(suggestion('peer', ['peers'], '--'), '; did you mean --peers?')
  assert.equal(suggestion('metrics', ['peers']), '')
})

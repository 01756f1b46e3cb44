import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SourceSet } from '../../../../../src/network-worker/validation/policy/source-set.ts'

function setOf(...names: readonly string[]): SourceSet {
  const set = new SourceSet()
  for (const name of names) {
    const [network = '', agent = ''] = name.split(':')
    set.add({ network, agent })
  }
  return set
}

test('where all run the same, one network more stands for the agents', () => {
  assert.equal(setOf('a:x').independent, 1)
  assert.equal(setOf('a:x', 'b:x').independent, 1)
  assert.equal(setOf('a:x', 'b:x', 'c:x').independent, 2)
  assert.equal(setOf('a:x', 'b:y', 'c:z').independent, 3)
})

test('however many agents one network has, it is one, and others are counted beside it', () => {
  const many = Array.from({ length: 1000 }, (_, index) => `a:agent ${index}`)
  assert.equal(setOf(...many).independent, 1)
  assert.equal(setOf(...many, 'b:agent 0').independent, 2)
  assert.equal(setOf(...many, 'b:agent 0', 'c:agent 1', 'd:agent 2').independent, 4)
})

test('of networks so many are remembered', () => {
  const many = Array.from({ length: 1000 }, (_, index) => `network ${index}:x`)
  assert.equal(setOf(...many).independent, 63)
})

test('nobody is none, and who comes when they have been counted is counted too', () => {
  const set = setOf()
  assert.equal(set.independent, 0)
  for (const [network, agent, count] of [
    ['a', 'x', 1],
    ['a', 'x', 1],
    ['a', 'y', 1],
    ['b', 'x', 2],
    ['c', 'x', 2],
    ['d', 'x', 3],
  ] as const) {
    set.add({ network, agent })
    assert.equal(set.independent, count, `${network}:${agent}`)
  }
})

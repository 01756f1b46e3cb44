import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeyCoverage } from '../../../../../src/network-worker/validation/policy/key-coverage.ts'

function coverageOf(known: number, strangers: number): KeyCoverage {
  const coverage = new KeyCoverage()
  for (let vote = 0; vote < Math.max(known, strangers); vote++) {
    if (vote < known) coverage.note(true)
    if (vote < strangers) coverage.note(false)
  }
  return coverage
}

test('before votes have come, and after a few, a list is neither thin nor full', () => {
  for (const [known, strangers] of [
    [0, 0],
    [0, 3],
    [63, 0],
  ] as const) {
    const { isThin, isFull } = coverageOf(known, strangers)
    assert.deepEqual([isThin, isFull], [false, false], `${known} known, ${strangers} not`)
  }
})

test('a list that lacks half of the voters is thin, one that lacks a few is not, and one that lacks hardly any is full', () => {
  for (const [known, strangers, thin, full] of [
    [0, 4, true, false],
    [60, 60, true, false],
    [60, 59, false, false],
    [90, 10, false, false],
    [64, 0, false, true],
    [96, 3, false, true],
    [95, 3, false, false],
  ] as const) {
    const { isThin, isFull } = coverageOf(known, strangers)
    assert.deepEqual([isThin, isFull], [thin, full], `${known} known, ${strangers} not`)
  }
})

test('a list that has grown meanwhile is soon known to have', () => {
  const coverage = coverageOf(0, 5000)
  assert.ok(coverage.isThin)
  for (let vote = 0; vote < 256; vote++) coverage.note(true)
  assert.ok(!coverage.isThin)
  for (let vote = 0; vote < 1024; vote++) coverage.note(true)
  assert.ok(coverage.isFull)
})
